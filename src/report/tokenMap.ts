/** @file The tokens' vectors as a map. */
import { percent } from "../render/numberText.js";
import { displayWidth } from "../render/textWidth.js";
import type { Projection } from "../inference/vectors/projection.js";
import { at, type Axes, drawing, frameOf, spanOf } from "../render/plotAxes.js";
import { type Markup, markup } from "../render/markup.js";

const height = 560;
const letter = { width: 6.6, height: 12 };

/**
 * A point for each token, and its name where there is room: the commonest first.
 * @param tokens as people read them, commonest first
 */
export function tokenMap(tokens: readonly string[], { points, shares }: Projection): Markup {
  const [first, second] = [0, 1].map((axis) => wider(points.map((point) => point[axis]!)));
  const axes: Axes = {
    horizontal: { title: axisTitle("first", shares[0]), span: first! },
    vertical: { title: axisTitle("second", shares[1]), span: second! },
    bare: true,
  };
  const { place, plot } = frameOf(axes, height);
  const taken: Box[] = [];
  const content = points.map((point, index) => {
    const [x, y] = place(point);
    const width = displayWidth(tokens[index]!) * letter.width;
    const box = { left: x + 4, right: x + 6 + width, top: y - letter.height / 2, bottom: y + letter.height / 2 };
    const free = box.right < plot.right && !taken.some((other) => overlap(box, other));
    if (free) taken.push(box);
    const name = free && markup`<text x="${at(x + 5)}" y="${at(y)}">${tokens[index]}</text>`;
    return markup`<g class="token"><circle cx="${at(x)}" cy="${at(y)}" r="2"/><title>${tokens[index]}</title>${name}</g>`;
  });
  return markup`<figure>${drawing(axes, `map of the ${tokens.length} commonest tokens`, content, height)}</figure>`;
}

const axisTitle = (rank: string, share: number): string => `${rank} principal axis: ${percent(share)} of the variance`;

type Box = { left: number; right: number; top: number; bottom: number };
const overlap = (one: Box, other: Box): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

const wider = (values: readonly number[]) => {
  const [low, high] = spanOf(values);
  const room = (high - low) * 0.04;
  return [low - room, high + room] as const;
};
