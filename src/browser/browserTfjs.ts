/** @file TF.js for the page, instead of engine/tfjs.ts: module by module, so that the bundler can leave out unused code. */
import "@tensorflow/tfjs-core/dist/base_side_effects.js";

export * from "@tensorflow/tfjs-core/dist/base.js";
export { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
