/** @file Gradients of plain TF.js ops. The core package of TF.js registers none, and the package that registers them takes 0.25 s to load. */
import { arithmeticGradients } from "./arithmeticGradients.js";
import { shapeGradients } from "./shapeGradients.js";
import { registerGradient } from "../tfjs.js";

/** Call it once, before the first gradient. */
export function registerGradients(): void {
  for (const [kernelName, gradient] of Object.entries({ ...arithmeticGradients, ...shapeGradients }))
    registerGradient({ kernelName, ...gradient });
}
