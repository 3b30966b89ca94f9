/** @file The checkpoints that come with rnn are made from the texts that come with it. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.js";

const bundled = [
  { name: "storyteller", corpus: "corpora/fables.txt", task: "generator" },
  { name: "critic", corpus: "corpora/reviews.csv", task: "classifier" },
] as const;

test.for(bundled)(
  "$name was trained on $corpus, to the byte, and is whole",
  async ({ name, corpus, task }, { skip }) => {
    const folder = `checkpoints/${name}`;
    skip(!existsSync(folder), `${folder} is not here`);
    const { document } = await loadCheckpoint(folder, { training: false }); // checks every byte
    const bytes = readFileSync(corpus);
    expect(document).toMatchObject({
      task,
      corpus: { name: corpus, bytes: bytes.length, digest: createHash("sha256").update(bytes).digest("hex") },
    });
  },
);
