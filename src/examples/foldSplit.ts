/** @file The split of cross-validation: each document is once in the test part. */
import { UsageError, UserError } from "../common/errors.js";
import { randomStream, shuffle } from "../common/random.js";
import type { Corpus } from "../corpus/document.js";
import type { CorpusStats } from "./corpusStats.js";
import type { Grouping } from "./grouping.js";

/** The fold that is the test part: its index, from 0, and the number of folds. */
export type Fold = { index: number; of: number };

/** @throws UserError for a corpus whose documents cannot be drawn at random */
export function checkFolds({ name, shape, overlap }: Corpus, { times }: CorpusStats): void {
  const why =
    shape === "stream"
      ? "is one text"
      : overlap !== undefined
        ? "has windows of a time series"
        : times
          ? "is split by its times"
          : null;
  if (why !== null)
    throw new UserError(`--folds draws documents at random, and ${name} ${why}; remove --folds, or use other columns`);
}

/**
 * The fold of each group: in random order, the largest first, each goes to the fold with the fewest documents.
 * @param order of all groups
 */
function foldsOfGroups(order: Uint32Array, sizes: Grouping["sizes"], count: number): Uint8Array {
  const filled = new Float64Array(count);
  const folds = new Uint8Array(sizes.length);
  for (const group of order.toSorted((left, right) => sizes[right]! - sizes[left]!)) {
    let fewest = 0;
    for (let fold = 1; fold < count; fold++) if (filled[fold]! < filled[fewest]!) fewest = fold;
    folds[group] = fewest;
    filled[fewest]! += sizes[group]!;
  }
  return folds;
}

/**
 * The part of each document by its index. The folds of one seed are the same, whichever is the test part; the validation part is drawn from the other folds, and
 * differs from fold to fold.
 * @param grouping documents that belong together are in one fold
 * @param validation the fraction of the documents that is the validation part
 * @throws UsageError for fewer groups than folds
 */
export function assignFold(
  { groupOf, sizes }: Grouping,
  { index, of }: Fold,
  { validation, seed, name }: { validation: number; seed: number; name: string },
): (document: number) => "training" | "validation" | "test" {
  const groups = sizes.length;
  if (groups < of) {
    throw new UsageError(
      `--folds ${of} needs at least ${of} different documents, and ${name} has ${groups.toLocaleString("en")}; use fewer folds`,
    );
  }
  const order = shuffle(
    new Uint32Array(groups).map((_, group) => group),
    randomStream(seed, "split"),
  );
  const folds = foldsOfGroups(order, sizes, of);
  const isValidation = new Uint8Array(groups);
  let missing = Math.round(groupOf.length * validation);
  const first = Math.floor((index * groups) / of);
  for (let position = 0; position < groups; position++) {
    const group = order[(first + position) % groups]!;
    const size = sizes[group]!;
    if (folds[group] === index || size > 2 * missing) continue;
    missing -= size;
    isValidation[group] = 1;
  }
  return (document) => {
    const group = groupOf[document]!;
    return folds[group] === index ? "test" : isValidation[group] === 1 ? "validation" : "training";
  };
}
