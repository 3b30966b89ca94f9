/** @file A curve as text: braille characters of eight dots, with axes. */
import { compact, decimal } from "./numberText.js";

export type Point = readonly [x: number, y: number];
type Span = { low: number; high: number };

/** The bit of each dot of a braille character, by row and column (Unicode block U+2800). */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const blank = 0x2800;
const mark = "●";

/**
 * Draws a line through points in the order of x, such as training losses, and marks, such as validation losses.
 * Points that are not finite are left out; without finite points the text is empty.
 * @param size of the area within the axes, in characters
 * @returns lines joined by line feeds, with the axes
 */
export function plot(line: readonly Point[], marks: readonly Point[] = [], size = { width: 60, height: 12 }): string {
  const finite = ([x, y]: Point) => Number.isFinite(x) && Number.isFinite(y);
  const [curve, spots] = [line.filter(finite), marks.filter(finite)];
  const all = [...curve, ...spots];
  if (all.length === 0) return "";
  const [horizontal, vertical] = [spanOf(all.map(([x]) => x)), spanOf(all.map(([, y]) => y))];
  const positionOf = ([x, y]: Point): Point => [
    Math.round(fractionOf(x, horizontal) * (size.width * 2 - 1)),
    Math.round((1 - fractionOf(y, vertical)) * (size.height * 4 - 1)),
  ]; // in dots from the top left

  const bits = Array.from({ length: size.height }, () => new Uint8Array(size.width)); // [height, width]
  for (const [index, point] of curve.entries()) {
    for (const [x, y] of between(positionOf(curve[Math.max(0, index - 1)]!), positionOf(point))) {
      bits[y >> 2]![x >> 1]! |= dots[y & 3]![x & 1]!;
    }
  }
  const rows = bits.map((row) => Array.from(row, (dot) => (dot ? String.fromCodePoint(blank + dot) : " ")));
  for (const [x, y] of spots.map(positionOf)) rows[y >> 2]![x >> 1] = mark;
  return framed(rows, horizontal, vertical);
}

const spanOf = (values: number[]): Span => ({
  low: values.reduce((least, value) => Math.min(least, value)),
  high: values.reduce((most, value) => Math.max(most, value)),
});

const fractionOf = (value: number, { low, high }: Span): number => (high > low ? (value - low) / (high - low) : 0.5);

/** The dots of a straight line, including both ends. */
function between([x0, y0]: Point, [x1, y1]: Point): Point[] {
  const count = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
  return Array.from({ length: count + 1 }, (_, index) => {
    const fraction = count === 0 ? 0 : index / count;
    return [Math.round(x0 + (x1 - x0) * fraction), Math.round(y0 + (y1 - y0) * fraction)];
  });
}

function framed(rows: string[][], horizontal: Span, vertical: Span): string {
  const middle = Math.floor((rows.length - 1) / 2);
  const heights = new Map([
    [0, vertical.high],
    [middle, vertical.high - ((vertical.high - vertical.low) * middle) / Math.max(1, rows.length - 1)],
    [rows.length - 1, vertical.low],
  ]);
  const labels = rows.map((_, row) => (heights.has(row) ? decimal(heights.get(row)!) : ""));
  const margin = labels.reduce((widest, label) => Math.max(widest, label.length), 0);
  const body = rows.map((row, index) => {
    const label = labels[index]!;
    return `${label.padStart(margin)} ${label ? "┤" : "│"}${row.join("")}`.trimEnd();
  });
  const [first, last] = [compact(horizontal.low), compact(horizontal.high)];
  const space = Math.max(1, rows[0]!.length - first.length - last.length);
  const below = " ".repeat(margin + 2);
  return [
    ...body,
    `${" ".repeat(margin)} └${"─".repeat(rows[0]!.length)}`,
    below + first + " ".repeat(space) + last,
  ].join("\n");
}
