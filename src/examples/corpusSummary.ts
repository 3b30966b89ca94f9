/** @file What was found in a corpus and decided about it before training, as plain data. */
import { UserError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import type { Corpus, Reading, SkippedRows } from "../corpus/document.js";
import type { Recipe } from "../options/recipe.js";
import { type CorpusStats, maxLabels, numberOf } from "./corpusStats.js";
import { countLonger, longestOf } from "./documentChunks.js";
import { splitOptions } from "./partSources.js";
import type { Known, Prepared, Sources } from "./prepare.js";
import type { Scale } from "./scaling.js";
import { type Part, parts } from "./split.js";
import { type TimeCuts, timeCuts } from "./timeSplit.js";
import type { TokenDocuments } from "./tokenDocuments.js";

export type CorpusSummary = {
  /** Why the task was chosen, as the end of a sentence. */
  taskReason: string;
  /** Documents of the training corpus, before its split; pieces of a stream. */
  documents: number;
  /** Each label or tag with its documents or words, the most frequent first; empty for a generator and a regressor. */
  labels: readonly (readonly [label: string, count: number])[];
  /** Documents with the text of an earlier document; absent if texts were not compared. */
  copies?: number;
  /** Documents that have more labels than the one that is read. */
  moreLabels?: number;
  /** Documents that are pages of HTML. */
  pages?: number;
  /** Whether documents with the same text are in one part. */
  copiesTogether: boolean;
  /** The column of `--group-column`, its groups, and the documents of the largest one. */
  groups?: { column: string; count: number; largest: number };
  /** The column of `--time-column`, and the earliest time of the parts that are not empty. Dates are milliseconds since 1970. */
  times?: { column: string; kind: "numbers" | "dates"; validation?: number; test?: number };
  /** Documents of all parts that are cut, because they are too long. */
  cut: number;
  /** With --long-documents chunks: documents of all parts that are longer than `--max-length`. */
  inChunks?: number;
  /** The fraction of all tokens, or of all rows of numbers, that is cut off. */
  cutSteps: number;
  /** The documents of all parts that lack a number, by the column of numbers; those without a missing one are left out. */
  missingNumbers?: Readonly<Record<string, number>>;
  /** Documents of all parts. */
  documentsInParts: number;
  /** Documents of separate validation and test files whose text, or whose group, is in the training corpus too. */
  known: Readonly<Record<Part, Known>>;
  /** How the training corpus is read. */
  reading?: Reading;
  /** The rows of the training corpus, and of separate validation and test files, that are not documents. */
  skipped: Partial<Record<Part, SkippedRows>>;
};

export function summaryOf(
  stats: CorpusStats,
  prepared: Prepared,
  recipe: Recipe,
  sources: Sources & { training: Corpus },
  givenBy: "--task" | "--from" | undefined,
): CorpusSummary {
  const { training } = sources;
  const { copies, copiesTogether = false, groups, labelCounts = [] } = stats;
  const byCount = ([a, countOfA]: [string, number], [b, countOfB]: [string, number]): number =>
    countOfB - countOfA || (a < b ? -1 : 1);
  return {
    taskReason: taskReason(prepared.task, stats, training, givenBy),
    documents: stats.documents,
    labels: prepared.labels.length > 0 ? [...labelCounts].toSorted(byCount) : [],
    ...(stats.moreLabels !== undefined && { moreLabels: stats.moreLabels }),
    ...(stats.pages !== undefined && { pages: stats.pages }),
    ...(copies !== undefined && { copies }),
    copiesTogether,
    ...(groups && { groups: { column: recipe.groupColumn!, ...groups } }),
    ...(stats.times && {
      times: { column: recipe.timeColumn!, kind: training.times!, ...cutsOf(stats.times, recipe) },
    }),
    ...cutDocuments(prepared, longestOf(recipe)),
    ...(recipe.longDocuments === "chunks" && { inChunks: longDocuments(prepared, recipe) }),
    ...(prepared.inputs === "tokens" &&
      prepared.numbers && { missingNumbers: missingNumbers(prepared, prepared.numbers) }),
    documentsInParts: parts.reduce((sum, part) => sum + prepared.counts[part].documents, 0),
    known: prepared.known,
    ...(training.reading && { reading: training.reading }),
    skipped: Object.fromEntries(
      parts.flatMap((part) => (sources[part]?.skipped ? [[part, sources[part].skipped]] : [])),
    ),
  };
}

const cutsOf = (times: Float64Array, recipe: Recipe): Partial<TimeCuts> =>
  Object.fromEntries(
    Object.entries(timeCuts(recipe.timeColumn!, times, splitOptions(recipe).fractions)).filter(([, time]) =>
      Number.isFinite(time),
    ),
  );

function cutDocuments(prepared: Prepared, maxLength: number): { cut: number; cutSteps: number } {
  if (prepared.task !== "classifier" && prepared.task !== "regressor") return { cut: 0, cutSteps: 0 };
  let [cut, steps, stepsCut] = [0, 0, 0];
  for (const part of parts) {
    const documents = prepared.documents[part];
    for (let index = 0; index < documents.count; index++) {
      const length = documents.lengthOf(index);
      steps += length;
      if (length <= maxLength) continue;
      cut++;
      stepsCut += length - maxLength;
    }
  }
  return { cut, cutSteps: steps === 0 ? 0 : stepsCut / steps };
}

/** The documents of a classifier or regressor of texts that are longer than `--max-length`. */
export const longDocuments = (prepared: Prepared, { maxLength }: Pick<Recipe, "maxLength">): number =>
  prepared.inputs === "tokens" && (prepared.task === "classifier" || prepared.task === "regressor")
    ? parts.reduce((sum, part) => sum + countLonger(prepared.documents[part], maxLength), 0)
    : 0;

function missingNumbers(prepared: Prepared, columns: readonly Scale[]): Record<string, number> {
  if (prepared.task !== "classifier" && prepared.task !== "regressor") return {};
  const missing = columns.map(() => 0);
  for (const part of parts) {
    const { numbers } = prepared.documents[part].inputs as TokenDocuments;
    for (let index = 0; index < prepared.documents[part].count; index++)
      for (const [column, number] of numbers!.document(index).entries())
        missing[column]! += Number(Number.isNaN(number));
  }
  return Object.fromEntries(
    columns.flatMap(({ name = "" }, column) => (missing[column]! > 0 ? [[name, missing[column]!]] : [])),
  );
}

/** As in "because column sentiment holds labels". */
function taskReason(
  task: Task,
  { labels }: CorpusStats,
  { labeled, tagged, reading }: Corpus,
  givenBy: string | undefined,
): string {
  if (givenBy !== undefined) return `as given by ${givenBy}`;
  if (tagged) return "because its words have tags";
  const column = reading?.labelColumn;
  const labelsAre = column === undefined ? "its documents have" : `column ${column} holds`;
  if (task === "regressor") return `because ${labelsAre} ${labels.length} different numbers`;
  if (labeled) return `because ${labelsAre} labels`;
  return reading?.textColumns === undefined
    ? "because the text has no labels"
    : "because no column holds labels (--label-column NAME, for a classifier)";
}

/** Fewer documents may all have labels of their own in an example. */
const fewDocuments = 20;

/** @throws UserError if each document has a label of its own, as in a column of numbers or dates of rows */
export function refuseOwnLabels(name: string, task: Task, { documents, labels }: CorpusStats): void {
  if (task !== "classifier" || documents < fewDocuments || labels.length < Math.min(documents, maxLabels)) return;
  const remedy = labels.every((label) => numberOf(label) !== undefined)
    ? "--task regressor predicts numbers, --label-column names another column"
    : "name the column of the labels with --label-column, or train a generator with --task generator";
  throw new UserError(
    `${name}: each of the ${documents} documents has a label of its own (${labels.slice(0, 3).join(", ")}, …), so that nothing can be learned from them; ${remedy}`,
  );
}
