/** @file `rnn score`: computes the perplexity of each line of a text, or finds its misspelled words. */
import { UsageError } from "../../common/errors.js";
import { textOptions } from "../../options/corpusOptions.js";
import { refuseWithoutEffect } from "../../options/optionEffect.js";
import {
  adaptationOptions,
  cacheOptions,
  checkpointOptions,
  engineOptions,
  suspectOptions,
  tableOptions,
  workerOptions,
} from "../../options/options.js";
import type { AdaptationOptions } from "../../evaluation/adaptationSettings.js";
import type { TextModel } from "../../model/model.js";
import type { Unreadable } from "../../corpus/document.js";
import type { Jobs } from "../workers/workerJobs.js";
import { workerOrder } from "../workers/workerOrder.js";
import type { ParallelWork } from "../workers/workerPool.js";
import { command } from "./command.js";

export default command({
  usage: "score [files..]",
  reads: "a text per line, or the text column of csv, tsv and jsonl files; a checkpoint of a generator",
  writes:
    "perplexity<TAB>nats<TAB>tokens<TAB>text, one line for each line; with --json the probability of each token. With --suspects line<TAB>column<TAB>word<TAB>gain in nats<TAB>spelling…",
  options: {
    ...checkpointOptions,
    ...adaptationOptions,
    ...cacheOptions,
    ...textOptions,
    ...suspectOptions,
    ...tableOptions("tsv", "csv", "jsonl"),
    ...workerOptions,
    ...engineOptions,
  },
  examples: [
    ["rnn score -c storyteller letter.txt | sort -g | head", "the most probable lines"],
    ['echo "The fox went home." | rnn score --json', "the probability of each token"],
    ["rnn score letters.csv --format csv", "the table with the scores in further columns"],
    ['echo "The hare came to the wlel." | rnn score --suspects', "misspelled words, with better spellings"],
  ],
  handler: async (
    { checkpoint, format, idColumn, suspects, threshold, workers, tokenCache, ...options },
    { words: files, given },
  ) => {
    const json = format === "jsonl";
    if (given.threshold !== undefined && !suspects)
      throw new UsageError("--threshold has no effect without --suspects; remove it or add --suspects");
    refuseWithoutEffect(adaptationOptions, given, options);
    const { neuralCache, cacheTheta, cacheWeight, dynamic } = options;
    const adaptation = { neuralCache, cacheTheta, cacheWeight, dynamic };
    refuseBesideAdaptation(adaptation, { suspects, workers });
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { readTextEntries } = await import("../../corpus/readTexts.js");
    const { likeOf } = await import("../../model/model.js");
    const { answerRows, AnswerTable } = await import("../../inference/tables/answerTable.js");
    const { scoreColumns, scoreForm, suspectColumns } = await import("../../inference/scoring/scoredRows.js");
    const model = await openModel(checkpoint, "generator", options);
    const onNote = (line: string): void => terminal.note(line);
    const isTable = given.format !== undefined || idColumn !== undefined;
    const layout = { ...(suspects ? suspectColumns : scoreColumns), format, idColumn, onNote };
    const tables = isTable ? new AnswerTable(layout) : undefined;
    const entries = readTextEntries(files.length > 0 ? files : ["-"], options, standardInput, {
      like: { ...likeOf(model), onNote },
      ...(tables && { onTable: tables.open }),
    });
    const { beside } = await import("../../inference/batching.js");
    const { counted, misspellingsText, Unanswered } = await import("../terminal/streamResults.js");
    const unanswered = new Unanswered();
    if (suspects) {
      const { findMisspellings } = await import("../../inference/scoring/misspellings.js");
      const here = (some: Lines) => findMisspellings(model, some, { threshold });
      const order = { ...workerOrder("suspects", model, options), threshold };
      const check = workers > 1 ? await shared({ order, workers, here }) : here;
      const checked = counted(
        beside(entries, (lines: Lines) => unanswered.in(check(lines))),
        "lines",
      );
      await terminal.stream(misspellingsText(checked, { json, tables }), { colored: !json && !isTable });
      return unanswered.check();
    }
    const here = await linesScorer(model, adaptation, tokenCache);
    const score = workers > 1 ? await shared({ order: workerOrder("score", model, options), workers, here }) : here;
    const scores = counted(
      beside(entries, (lines: Lines) => unanswered.in(score(lines))),
      "lines",
    );
    await terminal.stream(answerRows(scores, scoreForm(tables, json)));
    return unanswered.check();
  },
});

type Lines = AsyncIterable<string | Unreadable>;

function refuseBesideAdaptation(
  { neuralCache, dynamic }: AdaptationOptions,
  { suspects, workers }: { suspects: boolean; workers: number },
): void {
  const name = neuralCache !== undefined ? "--neural-cache" : dynamic !== undefined ? "--dynamic" : undefined;
  if (name === undefined) return;
  if (suspects)
    throw new UsageError(`${name} has no effect on --suspects, which reads each line alone; remove one of them`);
  if (workers > 1)
    throw new UsageError(
      `--workers cannot share the lines with ${name}, because a line's score depends on those before it; remove one of them`,
    );
}

/** Scores lines, each alone, or as one text to which the model adapts. */
async function linesScorer(model: TextModel, options: AdaptationOptions, tokenCache?: string) {
  const { adaptationFor, isAdaptive } = await import("../../evaluation/adaptationSettings.js");
  if (!isAdaptive(options)) {
    const { scoreLines } = await import("../../inference/scoring/scoreLines.js");
    return (lines: Lines) => scoreLines(model, lines);
  }
  const { scoreAdaptedLines } = await import("../../inference/scoring/adaptedScores.js");
  const adaptation = await adaptationFor(model, options, tokenCache);
  return (lines: Lines) => scoreAdaptedLines(model, lines, adaptation);
}

/** Answers of several processes; a long line is read in this one. */
async function shared<Name extends "score" | "suspects", Answer>(
  work: Pick<ParallelWork<Name, string | Unreadable, Answer | Jobs[Name]["answer"]>, "order" | "workers" | "here">,
): Promise<(lines: Lines) => AsyncIterable<Answer | Jobs[Name]["answer"] | Unreadable>> {
  const { inParallel } = await import("../workers/workerPool.js");
  const { batchLines, longLine } = await import("../../inference/scoring/scoreLines.js");
  return (lines) =>
    inParallel(lines, {
      ...work,
      batchItems: batchLines,
      itemOf: (line) => (line.length <= longLine ? line : undefined),
      answerOf: (_, answer) => answer,
    });
}
