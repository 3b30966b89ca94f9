/** @file The backend cpu: TensorFlow.js's own, which is always available; the references run on it. */
import { type BackendKind, plain } from "../backendKind.js";

export const cpu: BackendKind = {
  ...plain,
  describe: "TensorFlow.js's own JavaScript, on one thread: slow, but always available",
  missing: () => null,
  register: () => undefined, // TF.js registers it
};
