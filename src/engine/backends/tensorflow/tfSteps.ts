/** @file Folds over the steps of a sequence, for what TensorFlow has no block of all steps for. */
import { add, tidy, type Tensor2D, unstack } from "../../tfjs.js";
import type { StateGradient } from "./tfLayer.js";

/** From the first step to the last; each gives the next state and what is kept of it. */
export function forwards<Kept extends Tensor2D[]>(
  time: number,
  initial: Tensor2D,
  step: (t: number, state: Tensor2D) => [state: Tensor2D, ...kept: Kept],
): { states: Tensor2D[]; kept: Kept[] } {
  const states: Tensor2D[] = [];
  const kept: Kept[] = [];
  for (let t = 0; t < time; t++) {
    const state = states.at(-1) ?? initial;
    const [next, ...rest] = tidy(() => step(t, state));
    states.push(next);
    kept.push(rest);
  }
  return { states, kept };
}

/**
 * From the last step to the first; each is told the gradients of its output and the rest of its state, and gives those of the state before,
 * and results.
 * @returns carried: the gradients of the initial states
 */
export function backwards<Results extends Tensor2D[]>(
  time: number,
  given: StateGradient[],
  step: (t: number, gradient: Tensor2D, ofRest: Tensor2D[]) => { carried: Tensor2D[]; results: Results },
): { carried: Tensor2D[]; results: Results[] } {
  const ofSteps = given.map(({ steps }) => steps && (unstack(steps) as Tensor2D[]));
  let later: (Tensor2D | null)[] = given.map(({ last }) => last);
  const results: Results[] = [];
  for (let t = time - 1; t >= 0; t--) {
    const found = later;
    const done = tidy(() => {
      const gradients = found.map((next, state) => {
        const own = ofSteps[state]?.[t];
        return own && next ? add<Tensor2D>(own, next) : (own ?? next);
      });
      const [gradient, ...ofRest] = gradients as Tensor2D[];
      return step(t, gradient!, ofRest);
    });
    later = done.carried;
    results.unshift(done.results);
  }
  return { carried: later as Tensor2D[], results };
}
