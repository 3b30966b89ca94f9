/** @file The bundled checkpoints are trained on the bundled corpora. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.js";

const bundled = [
  { name: "storyteller", corpus: "corpora/fables.txt", task: "generator" },
  { name: "critic", corpus: "corpora/reviews.csv", task: "classifier" },
] as const;

test.for(bundled)(
  "bundled checkpoints: $name is undamaged and was trained on the bytes of $corpus",
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
