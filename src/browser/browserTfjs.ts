/** @file TF.js for the page, in place of engine/tfjs.ts: its modules, of which the bundler leaves out what nobody calls. */
import "@tensorflow/tfjs-core/dist/base_side_effects.js";

export * from "@tensorflow/tfjs-core/dist/base.js";
export { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
