/** @file The README's picture: bars of the speed of rnn and of other frameworks, a panel per row. */
import { number, picture } from "./picture.mjs";
import { rows } from "./rows.mjs";
import { barGroups } from "./speeds.mjs";
import { shown } from "./table.mjs";

const columns = 2;
const panel = { width: 420, top: 30, bar: 16, gap: 5, left: 112, right: 70 };
const margin = 16;
const headHeight = 62;

const verbs = { train: "train", "train-labels": "train", label: "label", generate: "generate" };
const cells = { lstm: "LSTM", gru: "GRU" };

/** As in "train 2 × 256 LSTM, vocabulary 65". @param {import("./rows.mjs").Row} row */
function describe({ work, shape }) {
  const { cell = "lstm", units, bidirectional, vocabulary, batch } = shape;
  const network = `${units.length > 1 ? `${units.length} × ` : ""}${units[0]} ${bidirectional ? "bidirectional " : ""}${cells[cell]}`;
  return `${verbs[work]}: ${network}, vocabulary ${vocabulary.toLocaleString("en-US")}, batch ${batch}`;
}

/** @param {import("./speeds.mjs").BarGroup} group */
function drawPanel({ row, unit, bars }) {
  const widest = panel.width - panel.left - panel.right;
  const drawn = bars.flatMap(({ contender, title, speed, fraction }, index) => {
    const top = panel.top + index * (panel.bar + panel.gap);
    const width = Math.max(1, fraction * widest);
    const baseline = top + panel.bar - 4;
    return [
      `<text x="${panel.left - 8}" y="${baseline}" text-anchor="end">${title}</text>`,
      `<rect class="${contender}" x="${panel.left}" y="${top}" width="${number(width)}" height="${panel.bar}" rx="2"/>`,
      `<text x="${number(panel.left + width + 6)}" y="${baseline}">${shown(speed)}</text>`,
    ];
  });
  return [
    `<text x="${margin}" y="14" font-weight="600">${describe(rows[row])}</text>`,
    `<text class="small" x="${margin}" y="26">${unit}</text>`,
    ...drawn,
  ].join("\n");
}

/**
 * @param {Map<string, import("./measure.mjs").Result>} results of the rows that are drawn
 * @param {string} subtitle the processor and the date
 * @returns {string} the SVG
 */
export function speedPicture(results, subtitle) {
  const groups = barGroups(results);
  const tallest = Math.max(...groups.map(({ bars }) => bars.length));
  const panelHeight = panel.top + tallest * (panel.bar + panel.gap) + 16;
  const positioned = groups.map((group, index) => {
    const [across, down] = [(index % columns) * panel.width, headHeight + Math.floor(index / columns) * panelHeight];
    return `<g transform="translate(${across} ${down})">\n${drawPanel(group)}\n</g>`;
  });
  const height = headHeight + Math.ceil(groups.length / columns) * panelHeight;
  return picture(columns * panel.width, height, [
    `<text x="${margin}" y="26" font-size="16" font-weight="600">Speed of rnn and other frameworks (longer bars are faster)</text>`,
    `<text class="small" x="${margin}" y="44">${subtitle}</text>`,
    ...positioned,
  ]);
}
