/** @file The coordinate system of a plot: its axes, ticks and frame as SVG. */
import { nice, ticks, tickStep } from "d3-array";
import { type Markup, markup } from "./markup.js";

export type Point = readonly [x: number, y: number];
export type Span = readonly [low: number, high: number];

/** format: the text of a tick. */
export type Axis = { title: string; span: Span; format?: (value: number) => string };

export type Axes = {
  horizontal: Axis;
  vertical: Axis;
  /** A second scale of the vertical axis, on the right. */
  right?: { title: string; format: (value: number) => string };
  /** Without ticks and grid, for plots in which only distances matter. */
  bare?: boolean;
};

/** An SVG drawing without the surrounding element, which differs between a page and a file. */
export type Plot = {
  /** Describes the plot for screen readers. */
  label: string;
  width: number;
  height: number;
  content: Markup;
  /** Names of the lines, in the order of their colors. */
  legend: readonly string[];
};

export const plotWidth = 720;
const plotHeight = 320;
const margin = { top: 12, bottom: 46, left: 62, right: 16, labeled: 62 };
const tickCount = 6;

export type Frame = {
  /** The position of a point in the drawing, from the top left. */
  position: (point: Point) => Point;
  plot: { left: number; right: number; top: number; bottom: number };
};

/** From the lowest to the highest value; ± 0.5 around a single one. */
export function spanOf(values: readonly number[]): Span {
  const [low, high] = [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  if (!(low <= high)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Extends a span to round numbers. */
export const rounded = ([low, high]: Span): Span => nice(low, high, tickCount);

/** The area of a plot, and the function from values to positions in it. */
export function frameOf({ horizontal, vertical, right }: Axes, height = plotHeight): Frame {
  const plot = {
    left: margin.left,
    right: plotWidth - (right ? margin.labeled : margin.right),
    top: margin.top,
    bottom: height - margin.bottom,
  };
  const fraction = (value: number, [low, high]: Span): number => (value - low) / (high - low);
  const position = ([x, y]: Point): Point => [
    plot.left + fraction(x, horizontal.span) * (plot.right - plot.left),
    plot.bottom - fraction(y, vertical.span) * (plot.bottom - plot.top),
  ];
  return { position, plot };
}

/** A coordinate as text, rounded to a tenth. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);

/** Text with its middle at a height. `dominant-baseline` is not known to every program that reads SVG. */
export const textAt = (x: number, y: number, className: string, text: string): Markup =>
  markup`<text class="${className}" x="${at(x)}" y="${at(y)}" dy="0.32em">${text}</text>`;

/**
 * A plot with axes.
 * @param label describes the plot for screen readers
 */
export function plotWithAxes(
  axes: Axes,
  label: string,
  content: readonly Markup[],
  { height = plotHeight, legend = [] }: { height?: number; legend?: readonly string[] } = {},
): Plot {
  const { horizontal, vertical, right, bare = false } = axes;
  const { position, plot } = frameOf(axes, height);
  const columns = bare ? [] : ticksOf(horizontal);
  const rows = bare ? [] : ticksOf(vertical);
  const middle = { x: (plot.left + plot.right) / 2, y: (plot.top + plot.bottom) / 2 };
  const rotated = (x: number, title: string, angle: number): Markup =>
    markup`<text class="title" transform="translate(${at(x)} ${at(middle.y)}) rotate(${angle})" dy="0.32em">${title}</text>`;
  const svg = markup`${rows.map(({ value, text }) => {
    const [, y] = position([horizontal.span[0], value]);
    return markup`<line class="grid" x1="${at(plot.left)}" x2="${at(plot.right)}" y1="${at(y)}" y2="${at(y)}"/>${textAt(plot.left - 8, y, "row", text)}${right && textAt(plot.right + 8, y, "row right", right.format(value))}\n`;
  })}${columns.map(({ value, text }) => textAt(position([value, vertical.span[0]])[0], plot.bottom + 14, "column", text))}
<rect class="frame" x="${at(plot.left)}" y="${at(plot.top)}" width="${at(plot.right - plot.left)}" height="${at(plot.bottom - plot.top)}"/>
${textAt(middle.x, plot.bottom + (bare ? 18 : 34), "title", horizontal.title)}
${rotated(9, vertical.title, -90)}${right && rotated(plotWidth - 8, right.title, 90)}
${content}`;
  return { label, width: plotWidth, height, content: svg, legend };
}

function ticksOf({ span: [low, high], format }: Axis): { value: number; text: string }[] {
  const step = tickStep(low, high, tickCount);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return ticks(low, high, tickCount).map((value) => ({ value, text: format?.(value) ?? value.toFixed(decimals) }));
}
