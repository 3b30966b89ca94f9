/** @file A small checkpoint, and folders to save it in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CheckpointDocument, NamedArrays } from "../../src/checkpoint/checkpoint.js";

export const sampleDocument: CheckpointDocument = {
  created: "2026-01-31T12:00:00.000Z",
  task: "classifier",
  labels: ["good", "bad"],
  spec: { task: "classifier", layers: [{ type: "recurrent", cell: "lstm", units: 8 }] },
  tokenizer: { kind: "characters", vocabulary: ["", "", "🙂", ..."abcdefghijklmnopqrstuvwxyz ".split("")] },
  options: { epochs: 2, "top-k": undefined },
  corpus: { name: "lines.tsv", shape: "documents", labelled: true, bytes: 12, digest: "0".repeat(64), options: {} },
  counts: { documents: 3 },
  metrics: { loss: 0.1 + 0.2 },
  history: [
    { epoch: 1, loss: 2 },
    { epoch: 2, loss: 1.5 },
  ],
  progress: { step: 10, random: [1, 2, 3] },
};

/** Arrays filled with the given number. */
export const sampleArrays = (value: number): NamedArrays =>
  new Map([
    ["embedding", { shape: [3, 2], values: new Float32Array(6).fill(value) }],
    ["steps", { shape: [], values: new Int32Array([value]) }],
  ]);

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rnn-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
