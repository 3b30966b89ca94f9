/** @file The output of `rnn classify`: labels or numbers for the texts or rows of numbers in files, alone or in the tables of the files. */
import type { ExplanationMethod } from "../../common/names.js";
import { UsageError } from "../../common/errors.js";
import { likeOf, type Model, optionsFor } from "../../model/model.js";
import type { CorpusOptions, LabelOptions, RowOptions, TextOptions } from "../../options/corpusOptions.js";
import { type StandardInput } from "../../corpus/sources/namedSource.js";
import { rowsFrom } from "../../corpus/readRows.js";
import { isUnreadable, type SourceEntry, type Unreadable } from "../../corpus/document.js";
import { readTextGroups, type TextEntry } from "../../corpus/readTexts.js";
import { shadedText, type WordColors } from "../../render/explanationText.js";
import { printable, printableLines } from "../../render/textWidth.js";
import { csvCell, tsvCell, tsvError } from "../../render/tsvCell.js";
import { batchGroups, beside, besideBatch } from "../batching.js";
import { AnswerTable, batchRows } from "../tables/answerTable.js";
import type { TableAnswer, TableFormat } from "../tables/tableAnswer.js";
import { refuseUnexplained } from "./explainedAnswers.js";
import { answerBatch, type ItemAnswer } from "./classify.js";
import { AnswerCounts, type Decide, type DecisionOptions, decisions } from "./decisions.js";
import { batchItems, type Item, longestRead } from "./outputs.js";
import { answerAlone, answerColumns, tableAnswer, type WrittenForm } from "./writtenAnswer.js";

export type ItemAnswers = (items: AsyncIterable<Item | Unreadable>) => AsyncIterable<ItemAnswer | Unreadable>;

export type PredictionLinesOptions = TextOptions &
  Partial<Pick<CorpusOptions, "labelColumn">> &
  Pick<RowOptions, "valueColumns"> &
  Partial<LabelOptions> &
  DecisionOptions & {
    /** Number of labels of each item, from 1. */
    top: number;
    format: TableFormat;
    /** Whether a table is written again with the answers; without it they are alone. */
    inTable: boolean;
    /** Of a table: only this column is written beside the answers. */
    idColumn?: string | undefined;
    standardInput: StandardInput;
    /** How the answers are explained, if they are. */
    explain?: ExplanationMethod | undefined;
    /** With `explain`, for a terminal: outside of tables and JSON, the texts with their words in these colors. */
    wordColors?: WordColors | undefined;
    /** Answers to items in order; by default those of this process. */
    answers?: ItemAnswers;
    /** Called for each row that has no answer. */
    onUnreadable: (row: Unreadable) => void;
    /** Called with a note for each thing that is read otherwise than in the training corpus. */
    onNote?: (note: string) => void;
  };

/**
 * A line for each line or row of the files, in their order; what has no answer gets a line with the reason.
 * @param model a classifier or a regressor
 * @param files paths, or - for standard input
 */
export async function* predictionLines(
  model: Model,
  files: readonly string[],
  options: PredictionLinesOptions,
): AsyncGenerator<string | Buffer> {
  const { top, format, inTable, idColumn, onUnreadable, onNote, answers } = options;
  const names = labelNamesOf(model, options.labelMap);
  const decide = decisions(model, names, options);
  if (options.explain) refuseUnexplained(model, names, options.explain);
  const columns = answerColumns(model, {
    top: Math.min(top, new Set(names.values()).size),
    sets: options.conformal !== undefined,
    words: options.explain !== undefined,
  });
  const written = { ...options, deviation: model.target?.deviation ?? 1 };
  const layout = { format, columns, idColumn, onNote };
  const tables = inTable || idColumn !== undefined ? new AnswerTable(layout) : undefined;
  const counts = new AnswerCounts();
  const entries = entriesFrom(model, files, options, tables);
  const answered = answers ? answeredBy(answers, entries) : answeredBatches(model, entries);
  yield* batchRows(decided(answered, { decide, counts, onUnreadable }), {
    tables,
    inTable: (answer) => tableAnswer(answer, written),
    alone: (answer, line) => [`${lineOf(isUnreadable(answer) ? { error: answer.reason } : answer, line, written)}\n`],
  });
  for (const note of counts.notes(options)) onNote?.(note);
}

/** `table` and `stored` as those of a text. */
type Entry = SourceEntry<Item> & Pick<TextEntry, "table" | "stored">;
type Answered = [Entry, ItemAnswer | Unreadable];
type EntryGroups = AsyncIterable<Entry[]>;

async function* answeredBatches(model: Model, groups: EntryGroups): AsyncGenerator<Answered[]> {
  for await (const batch of batchGroups(groups, batchItems))
    yield besideBatch(batch, (items) => answerBatch(model, items));
}

async function* answeredBy(answers: ItemAnswers, groups: EntryGroups): AsyncGenerator<Answered[]> {
  const entries = async function* () {
    for await (const group of groups) for (const entry of group) yield entry;
  };
  yield* singly(beside(entries(), answers));
}

/** Batches of answers beside their entries, with the decisions on them; calls a function for each that is none. */
async function* decided(
  answered: AsyncIterable<Answered[]>,
  to: { decide: Decide; counts: AnswerCounts } & Pick<PredictionLinesOptions, "onUnreadable">,
): AsyncGenerator<Iterable<Answered>> {
  for await (const batch of answered) yield decidedBatch(batch, to);
}

function* decidedBatch(batch: Answered[], to: Parameters<typeof decided>[1]): Generator<Answered> {
  for (const [entry, answer] of batch) {
    const { source, line } = entry;
    if (isUnreadable(answer)) {
      to.onUnreadable(answer);
      yield [entry, answer];
      continue;
    }
    if ("error" in answer) to.onUnreadable({ skipped: "bad", source, line, reason: answer.error });
    const decision = to.decide(answer);
    to.counts.add(decision, entry);
    yield [entry, decision];
  }
}

/** The name of each label. @throws UsageError for a name of no label */
function labelNamesOf({ task, labels, folder }: Model, labelMap: readonly string[] = []): Map<string, string> {
  if (task === "regressor" && labelMap.length > 0)
    throw new UsageError(`--label-map has no effect here, because ${folder} predicts numbers; remove it`);
  const names = new Map(labels.map((label) => [label, label]));
  for (const pair of labelMap) {
    const [label = "", name = ""] = pair.split("=");
    if (labels.includes(label)) names.set(label, name);
    else if (!labels.includes(name))
      // else it has the name since its training
      throw new UsageError(
        `--label-map ${pair}: ${folder} has no label ${label}; its labels are: ${labels.slice(0, maxListed).join(", ")}${labels.length > maxListed ? ", …" : ""}`,
      );
  }
  return names;
}

const maxListed = 12;

/** How answers are written. */
type Written = WrittenForm & Pick<PredictionLinesOptions, "wordColors">;

/** Without an answer: an empty label, an empty probability and the reason. */
function lineOf(answer: ItemAnswer, line: number, written: Written): string {
  const { format, wordColors, deviation } = written;
  if (wordColors && !("error" in answer) && answer.explanation)
    return coloredLine(answerAlone(answer, written), shadedText(answer.explanation, deviation, wordColors));
  const found = tableAnswer(answer, written);
  if (wordColors && "error" in found) return printableLines(tsvError(found.error, 2));
  if (format === "jsonl") return JSON.stringify("error" in found ? { ...found, line } : found.members);
  if (format === "tsv") return "error" in found ? tsvError(found.error, 2) : found.cells.map(tsvCell).join("\t");
  return ("error" in found ? ["", "", found.error] : found.cells).map(csvCell).join(",");
}

/** For a terminal: the cells of the answer, and the colored text. */
const coloredLine = (answer: TableAnswer, text: string): string =>
  [...("error" in answer ? [] : answer.cells.map(printable)), text].join("\t");

/** The bytes of a line that are read for each token of the model's maximum length, and the least for a line. */
const bytesPerToken = 64;
const leastLineBytes = 2 ** 20;
const mostLineBytes = 2 ** 26;

/** A time series is read with the window of training and, unless the options name others, with its columns. */
function entriesFrom(
  model: Model,
  files: readonly string[],
  { standardInput, onNote, ...options }: PredictionLinesOptions,
  tables: AnswerTable | undefined,
): EntryGroups {
  const like = { ...likeOf(model), onNote };
  if (model.inputs === "tokens") {
    const bytes = Math.max(leastLineBytes, Math.min(mostLineBytes, bytesPerToken * longestRead(model)));
    const limit = { bytes, cut: true };
    const groups = readTextGroups(files, options, standardInput, {
      limit,
      like,
      ...(tables && { onTable: tables.open }),
    });
    return options.valueColumns || model.numbers ? withNumbers(groups) : groups;
  }
  return singly(rowsFrom(files, { ...optionsFor(model, options), like }, standardInput));
}

/** Texts with the numbers beside them; a line of text has none. */
async function* withNumbers(groups: AsyncIterable<TextEntry[]>): AsyncGenerator<Entry[]> {
  for await (const group of groups)
    yield group.map(({ entry, numbers = [], ...place }) => ({
      entry: typeof entry === "string" ? { text: entry, numbers } : entry,
      ...place,
    }));
}

async function* singly<Element>(items: AsyncIterable<Element>): AsyncGenerator<Element[]> {
  for await (const item of items) yield [item];
}
