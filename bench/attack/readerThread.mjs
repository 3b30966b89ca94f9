/** @file A thread that attacks one reader: it reads mutated inputs and posts what went wrong. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { inputs } from "./inputs.mjs";
import { distUrl, firstLine, mutated, oneOf } from "./tools.mjs";

const { name, count, folder, exports, seed, tried } = workerData;
Error.stackTraceLimit = 3; // parsers make thousands of errors
const [{ randomStream }, { UserError }] = await Promise.all([
  import(distUrl("common/random.js")),
  import(distUrl("common/errors.js")),
]);
const random = randomStream(seed, "readers", name);

/** How each corpus is read: as it is found, or with an option, as a command may. */
const ways = [
  {},
  {},
  { documents: "lines" },
  { strict: true },
  { encoding: "windows-1252" },
  { encoding: "utf-16le" },
  { header: false },
];

/** For a corpus: opens it and reads all its documents. */
async function corpusReader() {
  const { openCorpus } = await import(distUrl("corpus/corpus.js"));
  return async (path, way) => {
    const corpus = await openCorpus(path, way);
    for await (const document of corpus.read())
      if (typeof document.text !== "string" && document.rows === undefined) throw new TypeError("no text");
  };
}

/** For the weights of another program: imports them beside the small checkpoint. */
async function importReader() {
  const { importModel } = await import(distUrl("interop/importModel.js"));
  const out = join(folder, "imported");
  return async (path) => {
    await importModel(path, { like: join(folder, "small"), out });
    rmSync(out, { recursive: true });
  };
}

/** For the document of a checkpoint: loads the model and classifies. */
async function checkpointReader() {
  const { classify, loadModel } = await import(distUrl("index.js"));
  return async () => {
    const model = await loadModel(join(folder, "small"), { threads: 1 });
    try {
      if (model.task === "classifier") await classify(model, ["not bad at all"]);
    } finally {
      model.dispose();
    }
  };
}

const targets = {
  "model.safetensors": [importReader, () => join(exports, "torch/model.safetensors"), join(folder, name)],
  "model.keras": [importReader, () => join(exports, "keras/model.keras"), join(folder, name)],
  "checkpoint.json": [checkpointReader, () => join(exports, "small/checkpoint.json"), join(folder, "small", name)],
};
const [reader, whole, path] = targets[name] ?? [corpusReader, undefined, join(folder, name)];
const content = whole === undefined ? inputs[name] : readFileSync(whole());
const read = await reader();
let failed = 0;
for (let attack = 0; attack < count; attack++) {
  const bytes = mutated(content, random);
  const way = oneOf(random, ways);
  writeFileSync(path, bytes);
  Atomics.add(tried, 0, 1);
  try {
    await read(path, way);
  } catch (error) {
    if (error instanceof UserError && error.message.split("\n").length <= 12) continue;
    const kept = `failure-${failed++}-${name}`;
    writeFileSync(join(folder, kept), bytes);
    parentPort.postMessage(`${name} ${JSON.stringify(way)} (${kept}): ${firstLine(String(error?.stack))}`);
  }
}
