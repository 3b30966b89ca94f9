/** @file The vectors of tokens as a plot of their first two principal components. */
import { percent } from "../render/numberText.js";
import { displayWidth } from "../render/textWidth.js";
import type { Projection } from "../inference/vectors/projection.js";
import { at, type Axes, frameOf, type Plot, plotWithAxes, spanOf } from "../render/plotAxes.js";
import { markup } from "../render/markup.js";

const height = 560;
const letter = { width: 6.6, height: 12 };

/**
 * A point for each token, and its text if it overlaps no other; frequent tokens come first.
 * @param tokens texts of the tokens, most frequent first
 */
export function tokenMap(tokens: readonly string[], { points, explained }: Projection): Plot {
  const [first, second] = [0, 1].map((axis) => wider(points.map((point) => point[axis]!)));
  const axes: Axes = {
    horizontal: { title: axisTitle("first", explained[0]), span: first! },
    vertical: { title: axisTitle("second", explained[1]), span: second! },
    bare: true,
  };
  const { position, plot } = frameOf(axes, height);
  const occupied: Box[] = [];
  const content = points.map((point, index) => {
    const [x, y] = position(point);
    const width = displayWidth(tokens[index]!) * letter.width;
    const box = { left: x + 4, right: x + 6 + width, top: y - letter.height / 2, bottom: y + letter.height / 2 };
    const free = box.right < plot.right && !occupied.some((other) => overlap(box, other));
    if (free) occupied.push(box);
    const name = free && markup`<text x="${at(x + 5)}" y="${at(y)}" dy="0.32em">${tokens[index]}</text>`;
    return markup`<g class="token"><circle cx="${at(x)}" cy="${at(y)}" r="2"/><title>${tokens[index]}</title>${name}</g>`;
  });
  return plotWithAxes(axes, `map of the ${tokens.length} most frequent tokens`, content, { height });
}

const axisTitle = (rank: string, explained: number): string =>
  `${rank} principal component (${percent(explained)} of the variance)`;

type Box = { left: number; right: number; top: number; bottom: number };
const overlap = (one: Box, other: Box): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** The span of values with a margin of 4 % on both sides. */
const wider = (values: readonly number[]) => {
  const [low, high] = spanOf(values);
  const room = (high - low) * 0.04;
  return [low - room, high + room] as const;
};
