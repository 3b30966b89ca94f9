/** @file Loops over the steps of a sequence, for cells that TensorFlow has no op for. */
import { add, tidy, type Tensor2D, unstack } from "../../tfjs.js";
import type { StateGradient } from "./tfLayer.js";

/** Runs from the first step to the last. @param step gives the next state and the tensors to save for the backward pass */
export function forwards<Saved extends Tensor2D[]>(
  time: number,
  initial: Tensor2D,
  step: (t: number, state: Tensor2D) => [state: Tensor2D, ...saved: Saved],
): { states: Tensor2D[]; saved: Saved[] } {
  const states: Tensor2D[] = [];
  const saved: Saved[] = [];
  for (let t = 0; t < time; t++) {
    const state = states.at(-1) ?? initial;
    const [next, ...rest] = tidy(() => step(t, state));
    states.push(next);
    saved.push(rest);
  }
  return { states, saved };
}

/**
 * Runs from the last step to the first.
 * @param step gets the gradients of the output and of the rest of the state after step t; carried: the gradients of the state before step t
 * @returns carried: the gradients of the initial states
 */
export function backwards<Results extends Tensor2D[]>(
  time: number,
  given: StateGradient[],
  step: (t: number, gradient: Tensor2D, restGradients: Tensor2D[]) => { carried: Tensor2D[]; results: Results },
): { carried: Tensor2D[]; results: Results[] } {
  const stepGradients = given.map(({ steps }) => steps && (unstack(steps) as Tensor2D[]));
  let later: (Tensor2D | null)[] = given.map(({ last }) => last);
  const results: Results[] = [];
  for (let t = time - 1; t >= 0; t--) {
    const laterGradients = later;
    const result = tidy(() => {
      const gradients = laterGradients.map((next, state) => {
        const own = stepGradients[state]?.[t];
        return own && next ? add<Tensor2D>(own, next) : (own ?? next);
      });
      const [gradient, ...restGradients] = gradients as Tensor2D[];
      return step(t, gradient!, restGradients);
    });
    later = result.carried;
    results.unshift(result.results);
  }
  return { carried: later as Tensor2D[], results };
}
