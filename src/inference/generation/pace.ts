/** @file How many tokens to draw at once: few enough that a person who watches sees them come. */

/** Milliseconds that a draw of several tokens may take. */
const longest = 4;

/** Grows from one token at a time, as long as they come fast. */
export class Pace {
  steps = 1;

  /** Runs what draws `steps` tokens, and chooses how many the next call draws. */
  measure<Result>(draw: () => Result): Result {
    const start = performance.now();
    const result = draw();
    const taken = performance.now() - start;
    if (taken < longest / 2) this.steps *= 2;
    else if (taken > longest) this.steps = Math.max(1, Math.floor((this.steps * longest) / taken));
    return result;
  }
}
