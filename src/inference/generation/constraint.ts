/** @file Limits on what may follow in a text that is generated, kept by refusing draws: the distribution is that of the tokens that may follow. */
import type { Random } from "../../common/random.js";

/** What may follow in one text, as a state that follows the text. */
export type TextConstraint = {
  /** Whether a token may follow. */
  allows: (token: number) => boolean;
  /** A token that may follow was drawn. */
  accept: (token: number) => void;
};

/** Several constraints together. */
export const allOf = (constraints: readonly TextConstraint[]): TextConstraint => ({
  allows: (token) => constraints.every((one) => one.allows(token)),
  accept: (token) => constraints.forEach((one) => one.accept(token)),
});

/** Draws one of the given ids. @returns -1 if none of them can be drawn */
export type DrawAmong = (ids: Int32Array, uniform: number) => number;

/** Refused draws after which every token is tried: that takes longer than a few draws, and less time than many. */
const fewRefusals = 8;

/**
 * Draws tokens until one may follow, each time without those that were refused: the result has the distribution of the samplers over the tokens that may follow.
 * @param ids that may be drawn at all
 * @param redraw gives the numbers of all draws but the first
 * @returns -1 if no token may follow
 */
export function drawAllowed(
  { allows, accept }: TextConstraint,
  ids: Int32Array,
  { draw, uniform, redraw }: { draw: DrawAmong; uniform: number; redraw: Random },
): number {
  let left = ids;
  let token = draw(left, uniform);
  for (let refusals = 1; token !== -1 && !allows(token); refusals++) {
    const refused = token;
    left = refusals === fewRefusals ? left.filter(allows) : left.filter((id) => id !== refused);
    token = left.length === 0 ? -1 : draw(left, redraw());
  }
  if (token !== -1) accept(token);
  return token;
}
