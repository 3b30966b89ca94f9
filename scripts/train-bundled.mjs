/** @file `npm run train-bundled [name]`: trains the checkpoints that come with rnn, from the corpora that come with it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCheckpointFolder, loadCheckpoint, saveCheckpoint } from "../dist/checkpoint/checkpoint.js";
import { watch } from "../dist/cli/terminal/watchTraining.js";
import { train } from "../dist/index.js";

/** The options of each run of `train`. */
const bundled = {
  storyteller: {
    corpus: "corpora/fables.txt",
    options: { epochs: 18, dropout: 0.25, validation: 0.05, test: 0.05 },
  },
  critic: {
    corpus: "corpora/reviews.csv",
    options: { epochs: 8, wide: 2, units: [64, 64], wordDropout: 0.05 },
  },
};

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const wanted = process.argv.slice(2);
for (const [name, { corpus, options }] of Object.entries(bundled)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const place = await mkdtemp(join(tmpdir(), "rnn-"));
  const run = join(place, name);
  await watch(train(corpus, { ...options, out: run }));
  const { document, ...arrays } = await loadCheckpoint(run, { training: false });
  const folder = join("checkpoints", name);
  await rm(folder, { recursive: true, force: true });
  await createCheckpointFolder(folder, "checkpoints", name);
  const { files: _files, format: _format, version: _version, updated: _updated, ...known } = document;
  await saveCheckpoint(folder, known, arrays); // without what only resuming needs
  await rm(place, { recursive: true });
}
