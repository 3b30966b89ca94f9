/** @file The faults of a labeled corpus as text, a section for each kind. */
import { agreeing, quantity } from "../common/quantity.js";
import type { Copies, Lint } from "../experiments/linting/lintCorpus.js";
import type { Place } from "../experiments/linting/lintedRows.js";
import { skippedRows } from "./corpusText.js";
import { beginning } from "./labelScoresText.js";
import { percent } from "./numberText.js";
import { defaultWidth, formatTable, type Table } from "./textTable.js";
import { printable, wrapText } from "./textWidth.js";

/** What was found of one kind. @property advice what it means, and what to do */
type Section = { count: number; title: string; advice: string; table: Table };

const maxPlaces = 5;
/** Of a text that are shown. */
const letters = 80;

/** @param top rows of each kind that are shown */
export function lintText(found: Lint, top: number, width = defaultWidth): string {
  const { documents, labels, suspects, skipped } = found;
  const summary = `${quantity(documents, "documents")} of ${quantity(labels.length, "labels")}`;
  const sections = sectionsOf(found, top).filter(({ count }) => count > 0);
  const notes = [
    ...skipped.map(({ file, rows }) => `${skippedRows(rows, `${file}: `)} skipped`),
    ...(suspects === null ? ["too few labels or texts to look for wrong labels"] : []),
  ];
  const lines = [sections.length === 0 ? `${summary}; nothing found` : summary, ...notes];
  return [
    lines.flatMap((line) => wrapText(printable(line), width)).join("\n") + "\n",
    ...sections.map(({ count, title, advice, table }) => {
      const cut = count > table.rows.length ? ` (${table.rows.length} shown; --top N shows more, --json all)` : "";
      const head = wrapText(`${title}${cut}: ${advice}`, width).join("\n");
      return `${head}\n\n${formatTable(table, width)}`;
    }),
  ].join("\n");
}

const sectionsOf = (found: Lint, top: number): Section[] => {
  const { acrossParts, conflicts, duplicates, nearEmpty, rareLabels, spelledAlike } = found;
  const suspects = found.suspects ?? [];
  const named = (count: number, plural: string): string => quantity(count, plural);
  return [
    {
      count: acrossParts.length,
      title: `${named(acrossParts.length, "texts")} ${agreeing(acrossParts.length, "is", "are")} in several parts`,
      advice: "scores on them are too good; leave them out of one of the files",
      table: copiesTable(acrossParts, top),
    },
    {
      count: conflicts.length,
      title: `${named(conflicts.length, "texts")} with several labels`,
      advice: "keep one label of each",
      table: copiesTable(conflicts, top),
    },
    {
      count: suspects.length,
      title: `${named(suspects.length, "labels")} may be wrong`,
      advice: "a bag of n-grams that was fitted without the text contradicts; read each before you change it",
      table: {
        columns: [
          { key: "place", title: "place" },
          { key: "label", title: "label" },
          { key: "suggested", title: "suggested" },
          { key: "probability", title: "", format: (value: number) => percent(value, 1) },
          { key: "text", title: "text" },
        ],
        rows: suspects.slice(0, top).map(({ label, suggested, probability, text, ...place }) => ({
          place: placeText(place),
          label,
          suggested,
          probability,
          text: beginning(text, letters),
        })),
      },
    },
    {
      count: spelledAlike.length,
      title: `${named(spelledAlike.length, "groups")} of labels spelled alike`,
      advice: "if they mean the same, write them one way",
      table: {
        columns: [{ key: "labels", title: "labels" }],
        rows: spelledAlike.slice(0, top).map((labels) => ({ labels: labels.map((label) => `"${label}"`).join(", ") })),
      },
    },
    {
      count: duplicates.length,
      title: `${named(duplicates.length, "texts")} ${agreeing(duplicates.length, "occurs", "occur")} several times with one label`,
      advice: "copies count more than other texts; keep one of each",
      table: copiesTable(duplicates, top),
    },
    {
      count: nearEmpty.length,
      title: `${named(nearEmpty.length, "texts")} ${agreeing(nearEmpty.length, "is", "are")} nearly empty`,
      advice: "they have fewer than three letters, digits or symbols; leave them out",
      table: {
        columns: ["place", "label", "text"].map((key) => ({ key, title: key })),
        rows: nearEmpty
          .slice(0, top)
          .map(({ label, text, ...place }) => ({ place: placeText(place), label, text: beginning(text, letters) })),
      },
    },
    {
      count: rareLabels.length,
      title: `${named(rareLabels.length, "labels")} of fewer than 10 documents`,
      advice: "they can hardly be learned; join them with others, or add texts",
      table: {
        columns: ["label", "documents"].map((key) => ({ key, title: key })),
        rows: rareLabels.slice(0, top).map(([label, documents]) => ({ label, documents })),
      },
    },
  ];
};

const copiesTable = (copies: readonly Copies[], top: number): Table => ({
  columns: ["labels", "places", "text"].map((key) => ({ key, title: key })),
  rows: copies.slice(0, top).map(({ text, places }) => ({
    labels: [...new Set(places.map(({ label }) => label))].join(", "),
    places: placesText(places),
    text: beginning(text, letters),
  })),
});

/** As in data.csv:3, 17, test.csv:5. */
function placesText(places: readonly Place[]): string {
  const shown = places.slice(0, maxPlaces).map((place, index) => {
    const isSameFile = index > 0 && places[index - 1]!.file === place.file;
    return isSameFile && place.line !== undefined ? String(place.line) : placeText(place);
  });
  const more = places.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more.toLocaleString("en")} more`] : [])].join(", ");
}

const placeText = ({ file, line }: Place): string => (line === undefined ? file : `${file}:${line}`);
