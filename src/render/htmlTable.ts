/** @file A table as HTML. */
import { type Content, type Markup, markup } from "./markup.js";

export type Cell = Content | { content: Content; shade: number };

/** The header of a row, and its cells. */
export type Row = readonly [Content, ...Cell[]];

const isShaded = (cell: Cell): cell is { content: Content; shade: number } =>
  typeof cell === "object" && cell !== null && "shade" in cell;

/** @param rows a shaded cell has a background from 0 (none) to 1 (full) */
export const table = (caption: string, head: readonly Content[], rows: readonly Row[]): Markup =>
  markup`<div class="scroll"><table><caption>${caption}</caption><thead><tr>${head.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead><tbody>
${rows.map(([title, ...cells]) => markup`<tr><th scope="row">${title}</th>${cells.map(cellOf)}</tr>\n`)}</tbody></table></div>`;

const cellOf = (cell: Cell): Markup =>
  isShaded(cell)
    ? markup`<td class="shaded${cell.shade > 0.55 && " dark"}" style="--shade: ${Math.round(cell.shade * 100)}%">${cell.content}</td>`
    : markup`<td>${cell}</td>`;

/** The numbers of a plot, in an element that can be opened; for readers who cannot see the plot. */
export const tableDetails = (content: Markup): Markup =>
  markup`<details><summary>Show as a table</summary>${content}</details>`;
