/** @file Draws the scaling measurements as an SVG: one panel per dimension, both axes logarithmic, with a light and a dark color scheme. */
import { dimensions } from "./growth.mjs";
import { number, picture } from "./picture.mjs";

const panel = { width: 300, height: 220, left: 58, right: 14, top: 44, bottom: 34 };
const columns = 3;
const series = { ours: "rnn", pytorch: "PyTorch" };

const compact = (value) =>
  value < 10_000
    ? value.toLocaleString("en-US")
    : value.toLocaleString("en-US", { notation: "compact", maximumSignificantDigits: 3 });

/** The ticks 1, 2, 5, 10, … of an axis that covers all values. */
function ticks(values) {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const all = Array.from({ length: 31 }, (_, index) => [1, 2, 5][index % 3] * 10 ** Math.floor(index / 3));
  return all.slice(
    Math.max(
      0,
      all.findLastIndex((tick) => tick <= min),
    ),
    all.findIndex((tick) => tick >= max) + 1,
  );
}

/** Maps [low, high] to [from, to] on a logarithmic scale. */
const logScale = (low, high, from, to) => (value) =>
  high === low ? (from + to) / 2 : from + (Math.log(value / low) / Math.log(high / low)) * (to - from);

/** @param {string} name @param {import("./growth.mjs").Point[]} points */
function drawPanel(name, points) {
  const speeds = ticks(points.flatMap((point) => Object.values(point.speeds)));
  const values = points.map(({ value }) => value);
  const { width, height, left, right, top, bottom } = panel;
  const x = logScale(values[0], values.at(-1), left, width - right);
  const y = logScale(speeds[0], speeds.at(-1), height - bottom, top);
  const gridLines = speeds.flatMap((speed) => [
    `<line class="grid" x1="${left}" x2="${width - right}" y1="${number(y(speed))}" y2="${number(y(speed))}"/>`,
    `<text class="small" x="${left - 6}" y="${number(y(speed) + 3)}" text-anchor="end">${compact(speed)}</text>`,
  ]);
  const valueLabels = values.map(
    (value) =>
      `<text class="small" x="${number(x(value))}" y="${height - bottom + 16}" text-anchor="middle">${compact(value)}</text>`,
  );
  const lines = Object.keys(series).flatMap((contender) => {
    const positions = points.flatMap(({ value, speeds: { [contender]: speed } }) =>
      speed ? [[x(value), y(speed)]] : [],
    );
    return [
      `<polyline class="line ${contender}" points="${positions.map((position) => position.map(number).join()).join(" ")}"/>`,
      ...positions.map(
        ([across, down]) => `<circle class="${contender}" cx="${number(across)}" cy="${number(down)}" r="3"/>`,
      ),
    ];
  });
  const titles = [
    `<text x="${left}" y="18" font-weight="600">${dimensions[name].title}</text>`,
    `<text class="small" x="${left}" y="32">${dimensions[name].about}</text>`,
  ];
  return [...titles, ...gridLines, ...valueLabels, ...lines].join("\n");
}

function legend() {
  const { left, top } = panel;
  const lines = Object.entries(series).map(
    ([contender, label], index) =>
      `<line class="line ${contender}" x1="${left}" x2="${left + 24}" y1="${top + 20 * index}" y2="${top + 20 * index}"/>` +
      `<text class="label ${contender}" x="${left + 32}" y="${top + 4 + 20 * index}">${label}</text>`,
  );
  return [...lines, `<text class="small" x="${left}" y="${top + 48}">training tokens per second</text>`].join("\n");
}

/** Draws the chart. @param {Record<string, import("./growth.mjs").Point[]>} growth points by dimension @returns {string} the SVG */
export function chart(growth) {
  const panels = [...Object.entries(growth).map(([name, points]) => drawPanel(name, points)), legend()];
  const [width, height] = [columns * panel.width, Math.ceil(panels.length / columns) * panel.height];
  const positioned = panels.map((content, index) => {
    const [across, down] = [(index % columns) * panel.width, Math.floor(index / columns) * panel.height];
    return `<g transform="translate(${across} ${down})">\n${content}\n</g>`;
  });
  return picture(width, height, positioned);
}
