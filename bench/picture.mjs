/** @file What the benchmark's pictures share: an SVG with its background, and colors for a light and a dark page. */

/** Colors by contender: on a light page, on a dark page. */
const colors = {
  ours: ["#0969da", "#58a6ff"],
  pytorch: ["#bc4c00", "#f0883e"],
  keras: ["#8250df", "#a371f7"],
  onnxruntime: ["#1a7f37", "#3fb950"],
};

const colorRules = (mode) =>
  Object.entries(colors)
    .map(
      ([contender, { [mode]: color }]) =>
        `.line.${contender} { stroke: ${color}; } circle.${contender}, rect.${contender}, .label.${contender} { fill: ${color}; }`,
    )
    .join("\n  ");

const style = `
  svg { font: 12px system-ui, sans-serif; }
  .line { fill: none; stroke-width: 2; } .grid { stroke-width: 1; } .small { font-size: 10px; }
  .paper { fill: #ffffff; } text { fill: #24292f; } .small { fill: #57606a; } .grid { stroke: #d0d7de; }
  ${colorRules(0)}
  @media (prefers-color-scheme: dark) {
  .paper { fill: #0d1117; } text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #30363d; }
  ${colorRules(1)}
  }`;

/** @param {number} width @param {number} height @param {string[]} content elements @returns {string} the SVG */
export const picture = (width, height, content) =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<style>${style}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...content,
    "</svg>\n",
  ].join("\n");

/** A number in an SVG. @param {number} value */
export const number = (value) => value.toFixed(1);
