/** @file The backend tensorflow: TensorFlow's C library, called through @tensorflow/tfjs-node. */
import { availableParallelism } from "node:os";
import { type BackendKind, plain } from "../backendKind.js";
import { loadTfjsNode, missing } from "./tfjsNode.js";

let wanted = availableParallelism();
let registerTensorflow: (() => void) | undefined;
/** TensorFlow reads the number of threads once, when it loads. */
let used: number | null = null;

export const tensorflow: BackendKind = {
  ...plain,
  describe: "TensorFlow's kernels, called through @tensorflow/tfjs-node",
  missing,
  prepare: async () => {
    loadTfjsNode(wanted);
    used = wanted;
    ({ registerTensorflow } = await import("./tfRegister.js"));
  },
  register: () => registerTensorflow!(),
  threads: () => used ?? wanted,
  setThreads: (threads) => void (wanted = threads),
};
