/** @file Makes examples from the encoded parts, by task and by --examples. */
import { quantity } from "../common/quantity.js";
import { UserError } from "../common/errors.js";
import type { ArrangementName, LongDocuments } from "../common/names.js";
import type { Examples } from "./batch.js";
import { chunkExamples, countLonger } from "./documentChunks.js";
import { documentExamples } from "./documentExamples.js";
import type { Prepared } from "./prepare.js";
import type { Part } from "./split.js";
import { streamExamples } from "./streamExamples.js";
import type { Sequence } from "./tokenStore.js";
import { wholeDocuments } from "./wholeDocuments.js";
import { windowExamples } from "./windowExamples.js";

export type ArrangeOptions = {
  examples: ArrangementName;
  batchSize: number;
  sequenceLength: number;
  maxLength: number;
  /** Default: cut. */
  longDocuments?: LongDocuments | undefined;
  seed: number;
};

/** The batch size and sequence length of evaluations. */
const evaluationRows = 64;
const evaluationSteps = 64;
/** The smallest number of tokens in a row of a stream in an evaluation: each row starts from the initial state. */
const evaluationStretch = 4096;

/** Without `seed`, in a fixed order. */
type Arrange = (tokens: Sequence, options: { rows: number; time: number; seed?: number }) => Examples;

const arrangements: { [K in ArrangementName]: Arrange } = {
  streams: streamExamples,
  documents: wholeDocuments,
  windows: (tokens, options) => windowExamples(tokens, { ...options, prefixes: false }),
  prefixes: (tokens, options) => windowExamples(tokens, { ...options, prefixes: true }),
};

/** The training part, shuffled by the seed. @throws UserError for too little text */
export function trainingExamples(prepared: Prepared, options: ArrangeOptions): Examples {
  const found = examplesOf(prepared, "training", options, {
    rows: options.batchSize,
    time: options.sequenceLength,
    seed: options.seed,
  });
  if (found) return found;
  const { documents, tokens } = prepared.counts.training;
  throw new UserError(
    `the training part is too small, with ${quantity(documents, "documents")} and ${quantity(tokens, "tokens")}; add text or use smaller fractions for --validation and --test`,
  );
}

/** A part in a fixed order; null if it is empty. */
export const evaluationExamples = (prepared: Prepared, part: Part, options: ArrangeOptions): Examples | null =>
  examplesOf(prepared, part, options, evaluationShape(prepared, part, options));

function evaluationShape(prepared: Prepared, part: Part, { examples, sequenceLength }: ArrangeOptions) {
  if (prepared.task !== "generator" || (examples !== "streams" && examples !== "documents")) {
    return { rows: evaluationRows, time: sequenceLength };
  }
  const rows = Math.ceil(prepared.counts[part].tokens / evaluationStretch);
  return { rows: examples === "streams" ? Math.min(evaluationRows, rows) : evaluationRows, time: evaluationSteps };
}

function examplesOf(
  prepared: Prepared,
  part: Part,
  options: ArrangeOptions,
  shape: { rows: number; time: number; seed?: number },
): Examples | null {
  if (prepared.task === "generator") {
    const tokens = prepared.texts[part];
    return tokens.length < 2 ? null : arrangements[options.examples](tokens, shape);
  }
  const documents = prepared.documents[part];
  if (documents.count === 0) return null;
  const longest = prepared.task === "tagger" ? Infinity : options.maxLength;
  const isInChunks = options.longDocuments === "chunks" && prepared.inputs === "tokens";
  return isInChunks && shape.seed === undefined && countLonger(documents, longest) > 0
    ? chunkExamples(documents, { ...shape, longest })
    : documentExamples(documents, { ...shape, longest });
}
