/** @file Gradients of plain TF.js ops. TF.js's core registers none, and its package that does takes 0.25 s to load. */
import { arithmeticGradients } from "./arithmeticGradients.js";
import { shapeGradients } from "./shapeGradients.js";
import { registerGradient } from "../tfjs.js";

/** Call it once, before the first gradient. */
export function registerGradients(): void {
  for (const [kernelName, gradient] of Object.entries({ ...arithmeticGradients, ...shapeGradients }))
    registerGradient({ kernelName, ...gradient });
}
