/** @file The frame of a chart: where numbers stand, and the axes that say so. */
import { nice, ticks, tickStep } from "d3-array";
import { type Markup, markup } from "./markup.js";

export type Point = readonly [x: number, y: number];
export type Span = readonly [low: number, high: number];

/** An axis: what it shows, from where to where, and how a number on it reads. */
export type Axis = { title: string; span: Span; format?: (value: number) => string };

export type Axes = {
  horizontal: Axis;
  vertical: Axis;
  /** Another reading of the vertical axis, on the right. */
  right?: { title: string; format: (value: number) => string };
  /** No lines and numbers, where only what is near what matters. */
  bare?: boolean;
};

const size = { width: 720, height: 320 };
const margin = { top: 12, bottom: 46, left: 62, right: 16, labelled: 62 };
const tickCount = 6;

export type Frame = {
  place: (point: Point) => Point;
  plot: { left: number; right: number; top: number; bottom: number };
};

/** From the lowest to the highest of some numbers; a little around a single one. */
export function spanOf(values: readonly number[]): Span {
  const [low, high] = [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  if (!(low <= high)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** A span that ends at round numbers. */
export const rounded = ([low, high]: Span): Span => nice(low, high, tickCount);

/** Where points stand, from the top left in the units of the drawing. */
export function frameOf({ horizontal, vertical, right }: Axes, height = size.height): Frame {
  const plot = {
    left: margin.left,
    right: size.width - (right ? margin.labelled : margin.right),
    top: margin.top,
    bottom: height - margin.bottom,
  };
  const share = (value: number, [low, high]: Span): number => (value - low) / (high - low);
  const place = ([x, y]: Point): Point => [
    plot.left + share(x, horizontal.span) * (plot.right - plot.left),
    plot.bottom - share(y, vertical.span) * (plot.bottom - plot.top),
  ];
  return { place, plot };
}

/** A number of the drawing, short enough. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);

/**
 * A drawing with its axes.
 * @param label what a person who does not see it is told
 */
export function drawing(axes: Axes, label: string, content: readonly Markup[], height = size.height): Markup {
  const { horizontal, vertical, right, bare = false } = axes;
  const { place, plot } = frameOf(axes, height);
  const columns = bare ? [] : ticksOf(horizontal);
  const rows = bare ? [] : ticksOf(vertical);
  const middle = { x: at((plot.left + plot.right) / 2), y: (plot.top + plot.bottom) / 2 };
  const turned = (x: number, title: string, angle: number): Markup =>
    markup`<text class="title" transform="translate(${at(x)} ${at(middle.y)}) rotate(${angle})">${title}</text>`;
  return markup`<svg viewBox="0 0 ${size.width} ${height}" role="img" aria-label="${label}">
${rows.map(({ value, text }) => {
  const y = at(place([horizontal.span[0], value])[1]);
  return markup`<line class="grid" x1="${at(plot.left)}" x2="${at(plot.right)}" y1="${y}" y2="${y}"/><text class="row" x="${at(plot.left - 8)}" y="${y}">${text}</text>${right && markup`<text class="row right" x="${at(plot.right + 8)}" y="${y}">${right.format(value)}</text>`}`;
})}
${columns.map(({ value, text }) => markup`<text class="column" x="${at(place([value, vertical.span[0]])[0])}" y="${at(plot.bottom + 18)}">${text}</text>`)}
<rect class="frame" x="${at(plot.left)}" y="${at(plot.top)}" width="${at(plot.right - plot.left)}" height="${at(plot.bottom - plot.top)}"/>
<text class="title" x="${middle.x}" y="${at(plot.bottom + 38)}">${horizontal.title}</text>
${turned(9, vertical.title, -90)}
${right && turned(size.width - 8, right.title, 90)}
${content}
</svg>`;
}

function ticksOf({ span: [low, high], format }: Axis): { value: number; text: string }[] {
  const step = tickStep(low, high, tickCount);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return ticks(low, high, tickCount).map((value) => ({ value, text: format?.(value) ?? value.toFixed(decimals) }));
}
