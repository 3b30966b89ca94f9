/** @file Scan: folds a step function over a sequence and returns all intermediate states. */

/**
 * `scan((sum, x) => sum + x, 0, [1, 2, 3])` is `[1, 3, 6]`.
 * @returns the state after each item; none for an empty sequence
 */
export function scan<State, Item>(
  step: (state: State, item: Item, index: number) => State,
  initial: State,
  items: readonly Item[],
): State[] {
  let state = initial;
  return items.map((item, index) => (state = step(state, item, index)));
}
