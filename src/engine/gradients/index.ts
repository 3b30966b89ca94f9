/** @file Gradients of plain TF.js ops: its build for Node registers none, and the package that does costs 0.25 s at start. */
import { arithmeticGradients } from "./arithmeticGradients.js";
import { shapeGradients } from "./shapeGradients.js";
import { registerGradient } from "../tfjs.js";

/** To be called once, before the first gradient. */
export function registerGradients(): void {
  for (const [kernelName, gradient] of Object.entries({ ...arithmeticGradients, ...shapeGradients }))
    registerGradient({ kernelName, ...gradient });
}
