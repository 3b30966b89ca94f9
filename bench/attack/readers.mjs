/** @file Mutated inputs of each reader: corpora, weights of other programs and checkpoints, in threads of this process. */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { inputs } from "./inputs.mjs";
import { prepareFolder } from "./prepare.mjs";
import { atOnce, eachAtOnce } from "./tools.mjs";

/** The readers of other files than corpora. */
const models = ["model.safetensors", "model.keras", "checkpoint.json"];

/** An input that takes longer hangs. */
const seconds = 60;

/** Attacks one reader in a thread, which is ended if an input takes too long. */
function attackReader(name, { count, folder, seed }) {
  const place = join(folder, `of-${name}`);
  mkdirSync(place);
  if (models.includes(name)) cpSync(join(folder, "small"), join(place, "small"), { recursive: true });
  const tried = new Int32Array(new SharedArrayBuffer(4));
  const failures = [];
  const worker = new Worker(new URL("readerThread.mjs", import.meta.url), {
    workerData: { name, count, folder: place, exports: folder, seed, tried },
    env: { ...process.env, NO_COLOR: "1" },
  });
  let [before, standing] = [-1, 0];
  const watch = setInterval(() => {
    standing = tried[0] === before ? standing + 1 : 0;
    before = tried[0];
    if (standing < 2) return; // once may be a pause of this process
    failures.push(`${name}: input ${before} takes longer than ${seconds} s: it lies in ${place}`);
    void worker.terminate();
  }, seconds * 1000);
  worker.on("message", (failure) => failures.push(failure));
  worker.on("error", (error) => failures.push(`${name}: input ${tried[0]} ends the thread: ${error.stack}`));
  return new Promise((resolve) =>
    worker.on("exit", () => {
      clearInterval(watch);
      resolve({ tried: tried[0], failures });
    }),
  );
}

export async function readers(setting) {
  await prepareFolder(setting.folder);
  // more threads than cores, because a thread waits for its small files most of the time
  const ends = await eachAtOnce([...models, ...Object.keys(inputs)], (name) => attackReader(name, setting), 2 * atOnce);
  return {
    tried: ends.reduce((sum, { tried }) => sum + tried, 0),
    failures: ends.flatMap(({ failures }) => failures),
  };
}
