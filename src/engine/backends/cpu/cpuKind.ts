/** @file TensorFlow.js's own CPU backend: the references run on it, and it is always there. */
import { type BackendKind, plain } from "../backendKind.js";

export const cpu: BackendKind = {
  ...plain,
  describe: "TensorFlow.js's own JavaScript, on one thread: slow, and always there",
  missing: () => null,
  register: () => undefined, // engine/tfjs.ts has loaded it
};
