/** @file A confusion matrix as a plot: one row for each actual label, one column for each predicted label. */
import { type Markup, markup } from "./markup.js";
import { percent } from "./numberText.js";
import { at, type Plot, plotWidth, textAt } from "./plotAxes.js";
import { displayWidth } from "./textWidth.js";

const letterWidth = 6.6;
const maxLabelWidth = 150;
const cellSize = { min: 14, max: 96, withCount: 34, withFraction: 52 };

/** A label that fits into a width. */
function shortened(label: string, width: number): string {
  const letters = Math.max(1, Math.floor(width / letterWidth));
  return displayWidth(label) <= letters
    ? label
    : `${Array.from(label)
        .slice(0, letters - 1)
        .join("")}…`;
}

/**
 * Cells are shaded by the fraction of the row; counts and fractions are written if cells are large enough.
 * @param confusion counts, [actual, predicted]
 * @param labels in the order of rows and columns
 */
export function matrixPlot(confusion: readonly (readonly number[])[], labels: readonly string[]): Plot {
  const count = labels.length;
  const widest = labels.reduce((most, label) => Math.max(most, displayWidth(label) * letterWidth), 0);
  const labelWidth = Math.min(maxLabelWidth, widest) + 8;
  const left = 26 + labelWidth;
  const size = Math.min(cellSize.max, Math.max(cellSize.min, Math.floor((plotWidth - left - 12) / Math.max(1, count))));
  const isRotated = widest > size - 6;
  const top = 26 + (isRotated ? labelWidth : 18);
  const side = size * count;
  const columns = labels.map((label, index) => {
    const x = left + (index + 0.5) * size;
    return isRotated
      ? markup`<text class="row right" transform="translate(${at(x)} ${at(top - 6)}) rotate(-90)" dy="0.32em">${shortened(label, maxLabelWidth)}</text>`
      : textAt(x, top - 10, "column", label);
  });
  const rows = confusion.map((row, actual) => {
    const support = row.reduce((sum, value) => sum + value, 0);
    const y = top + actual * size;
    const cells = row.map((value, predicted) =>
      cell(left + predicted * size, y, size, {
        value,
        fraction: support === 0 ? 0 : value / support,
        title: `actual ${labels[actual]!}, predicted ${labels[predicted]!}`,
      }),
    );
    return markup`${textAt(left - 8, y + size / 2, "row", shortened(labels[actual]!, maxLabelWidth))}${cells}\n`;
  });
  const correct = confusion.reduce((sum, row, index) => sum + row[index]!, 0);
  const all = confusion.reduce((sum, row) => sum + row.reduce((total, value) => total + value, 0), 0);
  const content = markup`${textAt(left + side / 2, 9, "title", "predicted")}
<text class="title" transform="translate(9 ${at(top + side / 2)}) rotate(-90)" dy="0.32em">actual</text>
${columns}
${rows}<rect class="frame" x="${at(left)}" y="${at(top)}" width="${at(side)}" height="${at(side)}"/>`;
  const width = Math.max(left + side + 12, 240);
  const label = `confusion matrix: ${correct} of ${all} predictions are correct`;
  return { label, width, height: top + side + 8, content, legend: [] };
}

type CellValue = { value: number; fraction: number; title: string };

function cell(x: number, y: number, size: number, { value, fraction, title }: CellValue): Markup {
  const shade = markup`<rect class="shade" x="${at(x)}" y="${at(y)}" width="${at(size)}" height="${at(size)}" opacity="${fraction.toFixed(3)}"/>`;
  const ink = fraction > 0.55 ? "cell inverse" : "cell";
  const middle = { x: x + size / 2, y: y + size / 2 };
  const both = size >= cellSize.withFraction;
  const count = size >= cellSize.withCount && (value > 0 || both);
  return markup`<g><title>${title}: ${value} (${percent(fraction)})</title>${shade}${count && textAt(middle.x, both ? middle.y - 8 : middle.y, ink, value.toLocaleString("en"))}${both && textAt(middle.x, middle.y + 9, `${ink} small`, percent(fraction))}</g>`;
}
