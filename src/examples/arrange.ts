/** @file From encoded parts to examples: by task, then as the options arrange them. */
import { UserError } from "../common/errors.js";
import type { ArrangementName } from "../common/names.js";
import type { Examples } from "./batch.js";
import { documentExamples } from "./documentExamples.js";
import type { Prepared } from "./prepare.js";
import type { Part } from "./split.js";
import { streamExamples } from "./streamExamples.js";
import type { TokenArray } from "./tokenDocuments.js";
import { windowExamples } from "./windowExamples.js";

export type ArrangeOptions = {
  examples: ArrangementName;
  batchSize: number;
  sequenceLength: number;
  maxLength: number;
  seed: number;
};

/** Rows and steps where nothing is learned: enough to keep the processor busy. */
const evaluationRows = 64;
const evaluationSteps = 64;
/** Tokens that a row of a stream reads at least: each row begins without knowing what came before. */
const evaluationStretch = 4096;

/** `seed` is absent for evaluation. */
type Arrange = (tokens: TokenArray, options: { rows: number; time: number; seed?: number }) => Examples;

const arrangements: { [K in ArrangementName]: Arrange } = {
  streams: streamExamples,
  windows: (tokens, options) => windowExamples(tokens, { ...options, prefixes: false }),
  prefixes: (tokens, options) => windowExamples(tokens, { ...options, prefixes: true }),
};

/** Shuffled from the seed. @throws UserError where there is too little to learn from */
export function trainingExamples(prepared: Prepared, options: ArrangeOptions): Examples {
  const found = examplesOf(prepared, "training", options, {
    rows: options.batchSize,
    time: options.sequenceLength,
    seed: options.seed,
  });
  if (found) return found;
  const { documents, tokens } = prepared.counts.training;
  throw new UserError(
    `the training part has ${documents} documents with ${tokens} tokens: too little to learn from; give more text`,
  );
}

/** In a fixed order; null where the part is empty. */
export const evaluationExamples = (prepared: Prepared, part: Part, options: ArrangeOptions): Examples | null =>
  examplesOf(
    prepared,
    part,
    options,
    prepared.task === "generator" && options.examples === "streams"
      ? {
          rows: Math.min(evaluationRows, Math.ceil(prepared.counts[part].tokens / evaluationStretch)),
          time: evaluationSteps,
        }
      : { rows: evaluationRows, time: options.sequenceLength },
  );

function examplesOf(
  prepared: Prepared,
  part: Part,
  options: ArrangeOptions,
  shape: { rows: number; time: number; seed?: number },
): Examples | null {
  if (prepared.task === "generator") {
    const tokens = prepared.texts[part].subarray();
    return tokens.length < 2 ? null : arrangements[options.examples](tokens, shape);
  }
  const documents = prepared.documents[part];
  return documents.count === 0
    ? null
    : documentExamples(documents, { ...shape, longest: prepared.task === "tagger" ? Infinity : options.maxLength });
}
