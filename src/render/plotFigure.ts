/** @file A plot as a figure of a page, or as a picture: an SVG file that needs nothing else. */
import { Markup, markup } from "./markup.js";
import { at, type Plot, textAt } from "./plotAxes.js";
import { displayWidth } from "./textWidth.js";

/** Colors of a plot by name; a page may redefine them, for dark screens. */
export const plotColors = {
  ground: "#fff",
  ink: "#1d2129",
  faint: "#667085",
  line: "#d9dde5",
  first: "#1f6feb",
  second: "#c4550b",
};
export type PlotColor = keyof typeof plotColors;

/** Colors of the lines after the first two. */
const otherLines = ["#2b9348", "#9d4edd", "#b8860b", "#0a9396", "#d6336c", "#7a8699"];
const lineCount = 2 + otherLines.length;

/** The number of the color of a line, from 1. */
export const lineColor = (index: number): number => (index % lineCount) + 1;

/** The style sheet of plots. @param color CSS of a named color */
export function plotStyle(color: (name: PlotColor) => string): Markup {
  const lines = [color("first"), color("second"), ...otherLines].map(
    (value, index) =>
      `.line-${index + 1} path { stroke: ${value}; } .line-${index + 1} circle { fill: ${value}; } .key-${index + 1} { stroke: ${value}; border-color: ${value}; }`,
  );
  return new Markup(`svg { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; font-size: 12px; }
svg text { fill: ${color("ink")}; } svg .row, svg .column { fill: ${color("faint")}; } svg text.inverse { fill: ${color("ground")}; }
.row { text-anchor: end; } .row.right { text-anchor: start; } .column, .title, .cell { text-anchor: middle; } .cell.small { font-size: 10px; }
.frame { fill: none; stroke: ${color("line")}; } .grid { stroke: ${color("line")}; stroke-dasharray: 2 3; }
.line path { fill: none; stroke-width: 2; } .line-2 path { stroke-dasharray: 6 3; } .key { fill: none; stroke-width: 2; } .key-2 { stroke-dasharray: 6 3; }
${lines.join("\n")}
.bar { fill: ${color("first")}; opacity: 0.45; } .mean { fill: ${color("second")}; } .diagonal { stroke: ${color("faint")}; stroke-dasharray: 4 4; }
.shade { fill: ${color("first")}; } .token circle { fill: ${color("first")}; opacity: 0.7; } .token text { font-size: 11px; }
`);
}

/** A plot within a page, which has the style sheet. */
export const figure = ({ label, width, height, content, legend }: Plot): Markup =>
  markup`<figure>${legend.length > 0 && markup`<p class="legend">${legend.map((name, index) => markup`<span class="key-name key-${lineColor(index)}">${name}</span> `)}</p>`}<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${content}
</svg></figure>`;

const padding = 8;
const titleHeight = 24;
const legendLine = { height: 20, left: 62, keyWidth: 24, gap: 18, letter: 6.6 };

/** The mark of the files that rnn wrote. */
export const pictureMark = "<!-- written by rnn -->";

/**
 * A plot as an SVG file with a title, a legend and a white background. It has fixed colors and no CSS variables, so that word processors can read it.
 * @returns the text of the file
 */
export function picture(plot: Plot, title: string): string {
  const { rows, height: legendHeight } = legendRows(plot);
  const width = plot.width + 2 * padding;
  const height = plot.height + titleHeight + legendHeight + 2 * padding;
  return markup`<?xml version="1.0" encoding="UTF-8"?>
${new Markup(pictureMark)}
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${at(height)}" width="${width}" height="${at(height)}" role="img" aria-label="${plot.label}">
<title>${title}</title>
<style>${plotStyle((name) => plotColors[name])}
.heading { font-size: 15px; font-weight: 600; text-anchor: middle; }</style>
<rect width="100%" height="100%" fill="${plotColors.ground}"/>
<g transform="translate(${padding} ${padding})">
${textAt(plot.width / 2, titleHeight / 2, "heading", title)}
<g transform="translate(0 ${titleHeight})">${rows}</g>
<g transform="translate(0 ${at(titleHeight + legendHeight)})">
${plot.content}
</g></g>
</svg>
`.text;
}

/** The legend of a picture, in as many rows as it needs. */
function legendRows({ legend, width }: Plot): { rows: Markup[]; height: number } {
  const { height, left, keyWidth, gap, letter } = legendLine;
  let [x, row] = [left, 0];
  const rows = legend.map((name, index) => {
    const entry = keyWidth + 6 + displayWidth(name) * letter;
    if (x > left && x + entry > width) [x, row] = [left, row + 1];
    const y = (row + 0.5) * height;
    const key = markup`<line class="key key-${lineColor(index)}" x1="${at(x)}" x2="${at(x + keyWidth)}" y1="${at(y)}" y2="${at(y)}"/>${textAt(x + keyWidth + 6, y, "", name)}`;
    x += entry + gap;
    return key;
  });
  return { rows, height: legend.length === 0 ? 0 : (row + 1) * height };
}
