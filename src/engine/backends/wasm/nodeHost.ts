/** @file What Node does for kernels in WebAssembly: their threads are its workers. */
import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Host } from "./wasmInstance.js";

/** A worker's whole program. It waits inside its task: the process need not wait for it. */
const program = `
  const { writeSync } = require("node:fs");
  const { workerData: { module, memory, stack, task, argument } } = require("node:worker_threads");
  const outOfMemory = (bytes) => {
    writeSync(2, "rnn: out of memory: " + bytes + " bytes of working memory are not to be had\\n");
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
    worker.on("error", () => undefined); // fewer threads do the same work
    worker.unref();
    return true;
  },
  outOfMemory: (bytes) => {
    writeSync(2, `rnn: out of memory: ${bytes} bytes of working memory are not to be had\n`);
    process.abort();
  },
};
