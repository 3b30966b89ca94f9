/** @file The backend tensorflow: TensorFlow's own library, called through @tensorflow/tfjs-node. */
import { availableParallelism } from "node:os";
import { type BackendKind, plain } from "../backendKind.js";
import { loadPeer, missing } from "./tfjsNode.js";

let wanted = availableParallelism();
/** TensorFlow reads it as it loads, and keeps to it. */
let used: number | null = null;

export const tensorflow: BackendKind = {
  ...plain,
  describe: "TensorFlow's kernels, called through @tensorflow/tfjs-node",
  missing,
  register: async () => {
    loadPeer(wanted);
    used = wanted;
    const { registerTensorflow } = await import("./tfRegister.js");
    registerTensorflow();
  },
  threads: () => used ?? wanted,
  setThreads: (threads) => void (wanted = threads),
};
