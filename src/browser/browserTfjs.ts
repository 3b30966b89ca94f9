/** @file TF.js for the page, instead of engine/tfjs.ts: module by module, so that the bundler can leave out unused code. */
import "@tensorflow/tfjs-core/dist/base_side_effects.js";

export * from "@tensorflow/tfjs-core/dist/base.js";
export { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";

import { broadcast_util, util } from "@tensorflow/tfjs-core/dist/base.js";

export const { getReductionAxes } = broadcast_util;
export const { arraysEqual, parseAxisParam, sizeFromShape } = util;

/** Runs a function once TF.js is loaded, which it is here. */
export const whenLoaded = (run: () => void): void => run();
