/** @file The backend tensorflow: TensorFlow's C library, called through @tensorflow/tfjs-node. */
import { availableParallelism } from "node:os";
import { type BackendKind, plain } from "../backendKind.js";
import { loadTfjsNode, missing } from "./tfjsNode.js";

let wanted = availableParallelism();
/** TensorFlow reads the number of threads once, when it loads. */
let used: number | null = null;

export const tensorflow: BackendKind = {
  ...plain,
  describe: "TensorFlow's kernels, called through @tensorflow/tfjs-node",
  missing,
  register: async () => {
    loadTfjsNode(wanted);
    used = wanted;
    const { registerTensorflow } = await import("./tfRegister.js");
    registerTensorflow();
  },
  threads: () => used ?? wanted,
  setThreads: (threads) => void (wanted = threads),
};
