/** @file The functions that Node implements for the kernels in WebAssembly: threads as workers, and out of memory. */
import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Host } from "./wasmInstance.js";

/** The program of a worker. It waits inside its task, so the process does not wait for the worker. */
const program = `
  const { writeSync } = require("node:fs");
  const { workerData: { module, memory, stack, task, argument } } = require("node:worker_threads");
  const outOfMemory = (bytes) => {
    writeSync(2, "rnn: out of memory: could not allocate " + bytes + " bytes of working memory\\n");
    process.kill(process.pid, "SIGKILL");
  };
  const startThread = () => false;
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, rnn: { startThread, outOfMemory } });
  exports.__stack_pointer.value = stack;
  exports.runThread(task, argument);
`;

export const nodeHost: Host = {
  startThread: (thread) => {
    const worker = new Worker(program, { eval: true, workerData: thread, execArgv: [], env: {} });
    worker.on("error", () => undefined); // the work is done with fewer threads
    worker.unref();
    return true;
  },
  outOfMemory: (bytes) => {
    writeSync(2, `rnn: out of memory: could not allocate ${bytes} bytes of working memory\n`);
    process.abort();
  },
};
