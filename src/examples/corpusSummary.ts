/** @file What was found in a corpus and decided about it before training, as plain data. */
import { UserError } from "../common/errors.js";
import type { Task } from "../common/names.js";
import type { Corpus, Reading, SkippedRows } from "../corpus/document.js";
import type { Recipe } from "../options/recipe.js";
import { type CorpusStats, numberOf } from "./corpusStats.js";
import type { Prepared } from "./prepare.js";
import { parts } from "./split.js";

export type CorpusSummary = {
  /** Documents of the training corpus, before its split; pieces of a stream. */
  documents: number;
  /** Each label or tag with its documents or words, the most frequent first; empty for a generator and a regressor. */
  labels: readonly (readonly [label: string, count: number])[];
  /** Documents with the text of an earlier document. */
  copies: number;
  /** Whether documents with the same text are in one part. */
  copiesTogether: boolean;
  /** Documents of all parts that are longer than `--max-length`, and are cut. */
  cut: number;
  /** Documents of all parts. */
  documentsInParts: number;
  /** Documents of a separate test file whose text is in the training corpus too. */
  testCopies: number;
  /** How the training corpus is read. */
  reading?: Reading;
  /** The rows of the training corpus that are not documents. */
  skipped?: SkippedRows;
};

export async function summaryOf(
  stats: CorpusStats,
  prepared: Prepared,
  recipe: Recipe,
  { training, test }: { training: Corpus; test?: Corpus },
): Promise<CorpusSummary> {
  return {
    documents: stats.documents,
    labels:
      prepared.labels.length > 0
        ? [...(stats.labelCounts ?? [])].toSorted(
            ([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1),
          )
        : [],
    copies: stats.copies ?? 0,
    copiesTogether: recipe.duplicates === "together",
    cut: cutDocuments(prepared, recipe.maxLength),
    documentsInParts: parts.reduce((sum, part) => sum + prepared.counts[part].documents, 0),
    testCopies: await knownTexts(stats, test),
    ...(training.reading && { reading: training.reading }),
    ...(training.skipped && { skipped: training.skipped }),
  };
}

function cutDocuments(prepared: Prepared, maxLength: number): number {
  if (prepared.task !== "classifier" && prepared.task !== "regressor") return 0;
  let cut = 0;
  for (const part of parts) {
    const documents = prepared.documents[part];
    for (let index = 0; index < documents.count; index++) if (documents.lengthOf(index) > maxLength) cut++;
  }
  return cut;
}

async function knownTexts({ hasText }: CorpusStats, test: Corpus | undefined): Promise<number> {
  if (test?.shape !== "documents" || hasText === undefined) return 0;
  let known = 0;
  for await (const document of test.read()) if (hasText(document)) known++;
  return known;
}

/** Fewer documents may all have labels of their own in an example. */
const fewDocuments = 20;

/** @throws UserError if each document has a label of its own, as in a column of numbers or dates of rows */
export function refuseOwnLabels(name: string, task: Task, { documents, labels }: CorpusStats): void {
  if (task !== "classifier" || documents < fewDocuments || labels.length < documents) return;
  const remedy = labels.every((label) => numberOf(label) !== undefined)
    ? "--task regressor predicts numbers, --label-column names another column"
    : "name the column of the labels with --label-column, or train a generator with --task generator";
  throw new UserError(
    `${name}: each of the ${documents} documents has a label of its own (${labels.slice(0, 3).join(", ")}, …), so that nothing can be learned from them; ${remedy}`,
  );
}
