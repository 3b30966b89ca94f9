/** @file What a worker process does: answers to the items of a batch, by the same functions as without workers. */
import type { ItemAnswer } from "../../inference/classification/classify.js";
import type { Item } from "../../inference/classification/outputs.js";
import type { CheckedLine } from "../../inference/scoring/misspellings.js";
import type { LineScore } from "../../inference/scoring/scoreLines.js";
import type { Tag } from "../../inference/tagging/tag.js";
import type { BackendName, ExplanationMethod, Task } from "../../common/names.js";
import { modelIn, type TextModel } from "../../model/model.js";

/** For each job its items and its answers, which are plain data. */
export type Jobs = {
  classify: { item: Item; answer: ItemAnswer };
  tag: { item: readonly string[]; answer: Tag[] };
  score: { item: string; answer: LineScore };
  suspects: { item: string; answer: CheckedLine };
};

export type JobName = keyof Jobs;

/** The first message to a worker. */
export type JobOrder = {
  job: JobName;
  /** Of the checkpoint. */
  folder: string;
  backend: "auto" | BackendName;
  threads: number;
  /** Of suspects. */
  threshold?: number;
  /** Of classify, for answers with explanations. */
  explain?: ExplanationMethod | undefined;
};

/** Answers one after the other, so that those before an error are known. */
type Answering = (items: unknown[]) => AsyncIterable<unknown>;

const open = <Kind extends Task>({ folder, backend, threads }: JobOrder, task: Kind | readonly Kind[]) =>
  modelIn({ folder }, task, { backend, threads });

const jobs: { [Name in JobName]: (order: JobOrder) => Promise<Answering> } = {
  classify: async (order) => {
    const { answerBatch } = await import("../../inference/classification/classify.js");
    const { explainedAnswers } = await import("../../inference/classification/explainedAnswers.js");
    const model = await open(order, ["classifier", "regressor"]);
    const { explain } = order;
    if (explain) return (items) => each(explainedAnswers(model, items as Item[], explain));
    return (items) => each(answerBatch(model, items as Item[]));
  },
  tag: async (order) => {
    const { tag } = await import("../../inference/tagging/tag.js");
    const model: TextModel = await open(order, "tagger");
    return async function* (items) {
      const sentences = (items as (readonly string[])[]).map((words) => ({ words }));
      for await (const { tags } of tag(model, each(sentences))) yield tags;
    };
  },
  score: async (order) => {
    const { scoreLines } = await import("../../inference/scoring/scoreLines.js");
    const model: TextModel = await open(order, "generator");
    return (items) => scoreLines(model, each(items as string[]));
  },
  suspects: async (order) => {
    const { findMisspellings } = await import("../../inference/scoring/misspellings.js");
    const model: TextModel = await open(order, "generator");
    const { threshold = 8 } = order;
    return (items) => findMisspellings(model, each(items as string[]), { threshold });
  },
};

/** @throws UserError for a checkpoint that cannot be loaded */
export const answering = (order: JobOrder): Promise<Answering> => jobs[order.job](order);

async function* each<One>(items: Iterable<One>): AsyncGenerator<One> {
  yield* items;
}
