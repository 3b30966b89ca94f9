/** @file A corpus as text: how it is read and split, what was left out of it, and its tokens. */
import { agreeing, quantity } from "../common/quantity.js";
import { placeOf, type Reading, type SkippedRows } from "../corpus/document.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import type { RunDescription } from "../training/runDescription.js";
import { percent } from "./numberText.js";

const maxLabels = 10;
const maxLabelLength = 30;
const parts = ["training", "validation", "test"] as const;
export const whole = (value: number): string => value.toLocaleString("en");

const isByToken = ({ task }: RunDescription): boolean => task === "generator" || task === "tagger";

/** The unit in which the examples of a task are counted. */
export function unitOf(run: RunDescription): string {
  if (run.tokenizer === null) return "sequences";
  return isByToken(run) ? tokenizerDefinition(run.tokenizer.kind).unit : "documents";
}

export const taskText = ({ task, summary }: RunDescription): string =>
  summary ? `${task}, ${summary.taskReason}` : task;

const delimiterNames: Readonly<Record<string, string>> = { "\t": "tab", " ": "space" };

/** How a table is read; nothing is said of plain text in UTF-8. */
export function readingText({ summary, files = [] }: RunDescription): string | undefined {
  const reading = summary?.reading;
  if (!reading) return undefined;
  const texts = [ownReadingText(reading), otherFilesText(reading, files)].filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join("; ");
}

const maxOtherFiles = 3;

/** As in "b.csv windows-1252; c.csv utf-8, delimiter tab": the files that are not read quite as the first one. */
function otherFilesText(first: Reading, files: readonly string[]): string | undefined {
  const others = (first.otherFiles ?? []).flatMap(({ file, encoding, delimiter }) => {
    const own = [
      ...(encoding === first.encoding ? [] : [encoding]),
      ...(delimiter === undefined || delimiter === first.delimiter ? [] : [delimiterText(delimiter)]),
    ];
    return own.length === 0 ? [] : [`${files[file]} ${own.join(", ")}`];
  });
  if (others.length === 0) return undefined;
  const left = others.length - maxOtherFiles;
  return [...others.slice(0, maxOtherFiles), ...(left > 0 ? [`${left} more files in other ways`] : [])].join("; ");
}

const delimiterText = (delimiter: string): string => `delimiter ${delimiterNames[delimiter] ?? `"${delimiter}"`}`;

function ownReadingText(reading: Reading): string | undefined {
  const { format, encoding, delimiter, textColumns = [], labelColumn } = reading;
  if (format === "text" && (encoding === "utf-8" || encoding === "auto")) return undefined;
  return [
    format,
    ...(encoding === "utf-8" ? [] : [encoding === "mixed" ? "mixed encodings" : encoding]),
    ...(delimiter === undefined ? [] : [delimiterText(delimiter)]),
    ...(textColumns.length === 0
      ? []
      : [`${agreeing(textColumns.length, "text column", "text columns")} ${textColumns.join(" + ")}`]),
    ...(labelColumn === undefined ? [] : [`label column ${labelColumn}`]),
  ].join(", ");
}

/** Paths, with the folder in place of more than three files in it. */
function folded(paths: readonly string[]): string[] {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
  const inFolder = (folder: string): number => paths.filter((path) => folderOf(path) === folder).length;
  return [...new Set(paths.map((path) => (inFolder(folderOf(path)) > 3 ? folderOf(path) : path)))];
}

export function skippedText({ summary, recipe }: RunDescription): string | undefined {
  const { training, validation, test } = summary?.skipped ?? {};
  const texts = [
    skippedRows(training, ""),
    skippedRows(validation, `${recipe.validation}: `),
    skippedRows(test, `${recipe.test}: `),
  ].filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join("; ");
}

export function skippedRows({ bad, unlabeled, first }: SkippedRows = noRows, file: string): string | undefined {
  if (bad + unlabeled === 0) return undefined;
  const kinds = [
    ...(bad > 0 ? [`${whole(bad)} bad`] : []),
    ...(unlabeled > 0 ? [`${whole(unlabeled)} unlabeled`] : []),
  ];
  const more = bad + unlabeled > first.length ? ", …" : "";
  const areFiles = first.every(({ line }) => line === 0);
  const places = areFiles ? folded(first.map(({ source = "" }) => source)) : first.map(placeOf);
  const plural = bad + unlabeled === 1 ? "" : "s";
  const where = first.some(({ source }) => source !== undefined) ? "" : `line${plural} `;
  return `${file}${kinds.join(" and ")} ${areFiles ? "file" : "row"}${plural}, ${where}${places.join(", ")}${more}`;
}

const noRows: SkippedRows = { bad: 0, unlabeled: 0, blank: 0, first: [] };

export function labelsText({ summary, labels }: RunDescription): string | undefined {
  if (labels.length === 0) return undefined;
  const texts = summary
    ? summary.labels.map(([label, count]) => `${shortened(label)} (${whole(count)})`)
    : labels.map(shortened);
  const more = texts.length - maxLabels;
  return texts.slice(0, maxLabels).join(", ") + (more > 0 ? `, and ${whole(more)} more` : "");
}

const shortened = (label: string): string =>
  label.length > maxLabelLength ? `${label.slice(0, maxLabelLength - 1)}…` : label;

export function copiesText({ summary }: RunDescription): string | undefined {
  if (!summary?.copies) return undefined;
  const { copies, documents, copiesTogether } = summary;
  return `${whole(copies)} of ${quantity(documents, "documents")} ${agreeing(copies, "repeats", "repeat")} the text of another, and ${
    copiesTogether ? `${agreeing(copies, "is", "are")} in its part` : "may be in another part"
  }`;
}

const isFraction = (value: string): boolean => Number.isFinite(Number(value));

/** How the documents come into their parts, if not at random one by one. */
export function splitText({ summary }: RunDescription): string | undefined {
  const { groups, times } = summary ?? {};
  const texts = [];
  if (times) {
    const since = (["validation", "test"] as const).flatMap((part) =>
      times[part] === undefined ? [] : [`${part} from ${timeText(times[part], times.kind)}`],
    );
    texts.push([`in time by ${times.column}`, ...since].join(", "));
  }
  if (groups)
    texts.push(
      `${quantity(groups.count, "groups")} of ${groups.column}${agreeing(groups.count, "", ", each in one part")}`,
    );
  return texts.length === 0 ? undefined : texts.join("; ");
}

/** As in 2020-01-31, or 2020-01-31 17:30 UTC. */
function timeText(time: number, kind: "numbers" | "dates"): string {
  if (kind === "numbers") return String(time);
  const [, date, clock] = /^(.*)T(\d\d:\d\d)/.exec(new Date(time).toISOString())!;
  return clock === "00:00" ? date! : `${date} ${clock} UTC`;
}

export function partsText(run: RunDescription): string {
  const unit = unitOf(run);
  const [training, ...others] = parts.map((part) => {
    const { tokens, documents } = run.counts[part];
    const file = part === "training" || isFraction(run.recipe[part]) ? "" : ` (${run.recipe[part]})`;
    const count = isByToken(run) ? tokens : documents;
    return `${part} ${part === "training" ? quantity(count, unit) : whole(count)}${file}`;
  });
  return [training, ...others].join(", ");
}

export function tokenizerText({ tokenizer, counts }: RunDescription): string | undefined {
  if (tokenizer === null) return undefined;
  const rates = parts.flatMap((part) => {
    const { tokens, unknown } = counts[part];
    return tokens === 0 ? [] : [{ part, rate: percent(unknown / tokens, 2) }];
  });
  const isOne = new Set(rates.map(({ rate }) => rate)).size === 1;
  const shown = isOne ? rates[0]!.rate : rates.map(({ part, rate }) => `${rate} (${part})`).join(", ");
  return `${tokenizer.kind}, vocabulary size ${whole(tokenizer.vocabulary.length)}, out-of-vocabulary rate ${shown}`;
}
