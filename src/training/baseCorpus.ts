/** @file The corpus of the checkpoint that a run starts from: scored before and after the run, and replayed in it. */
import type { FromRecord } from "../checkpoint/checkpoint.js";
import type { Task } from "../common/names.js";
import { pathText } from "../corpus/sources/corpusPath.js";
import { recordedCorpus } from "../corpus/corpus.js";
import { readingRecordOf } from "../corpus/record/readingRecord.js";
import { perplexity } from "../evaluation/metrics.js";
import { score, secondsOfBatch } from "../evaluation/score.js";
import { type ArrangeOptions, evaluationExamples, trainingExamples } from "../examples/arrange.js";
import type { Examples } from "../examples/batch.js";
import type { InputEncoding } from "../examples/inputEncoder.js";
import { checkDigest, openSources, splitOptions } from "../examples/partSources.js";
import { prepare, type Prepared } from "../examples/prepare.js";
import { inSampleOrder, sampleOf } from "../examples/sampledExamples.js";
import type { Scale } from "../examples/scaling.js";
import type { Network } from "../network/network.js";
import { readRecipe, settleRecipe } from "../options/recipe.js";

/** The score on the corpus of the earlier checkpoint. loss: nats of a target, null if it is not finite, or mean squared error; perplexity of a generator. */
export type BaseScore = { loss: number | null; perplexity?: number; accuracy?: number };

/** The scores of the earlier checkpoint on a part of its corpus, and those of the network that was trained from it. */
export type BaseScores = {
  /** The path of its corpus. */
  corpus: string;
  part: "validation" | "test";
  targets: number;
  /** The targets of the whole part, if a sample of them was scored because of the time. */
  sampledFrom?: number;
  before: BaseScore;
  after: BaseScore;
};

/** How the earlier checkpoint read its corpus. */
export type BaseEncoding = InputEncoding & { task: Task; labels: readonly string[]; target?: Scale | undefined };

/** The corpus, in the tokens that the earlier checkpoint had. */
export type BaseCorpus = {
  /** The examples of its training part. */
  training: (options: Pick<ArrangeOptions, "batchSize" | "sequenceLength" | "seed">) => Examples;
  /** What is scored; null if neither part has text. */
  scored: { part: "validation" | "test"; examples: Examples } | null;
  dispose(): void;
};

/**
 * Opens the corpus by its record.
 * @throws UserError if it cannot be read, or differs from what the checkpoint was trained on
 */
export async function openBaseCorpus(
  { corpus, options }: Pick<FromRecord, "corpus" | "options">,
  { task, labels, target, ...inputEncoding }: BaseEncoding,
  tokenCache?: string,
): Promise<BaseCorpus> {
  const recipe = settleRecipe(readRecipe(options), task, inputEncoding.inputs);
  const record = readingRecordOf({ corpus, options });
  const sources = await openSources(recordedCorpus(corpus), recipe, { record, tokenCache });
  checkDigest(sources.training, corpus.digest);
  checkDigest(sources.validation, corpus.options["validation"]);
  checkDigest(sources.test, corpus.options["test"]);
  const prepared = await prepare(sources, {
    task,
    ...splitOptions(recipe),
    multilabel: recipe.multilabel,
    inputEncoding,
    labels,
    target,
    tokenCache,
  });
  return {
    training: (own) => trainingExamples(prepared, { ...recipe, ...own }),
    scored: scoredPart(prepared, recipe),
    dispose: () => prepared.dispose(),
  };
}

function scoredPart(prepared: Prepared, options: ArrangeOptions): BaseCorpus["scored"] {
  for (const part of ["validation", "test"] as const) {
    const examples = evaluationExamples(prepared, part, options);
    if (examples) return { part, examples };
  }
  return null;
}

/** Scores before a run, as they are recorded. */
type RecordedScores = NonNullable<FromRecord["scores"]>;

const sampleSeed = 1;
const measuredSeconds = 0.2;

/** Scores the earlier network. @param seconds that the score may take; a sample is scored if the whole part takes longer */
export function scoreBefore(network: Network, { scored }: BaseCorpus, seconds = Infinity): RecordedScores | undefined {
  if (!scored) return undefined;
  const { part, examples } = scored;
  const { batchesPerEpoch, targetsPerEpoch } = examples;
  const batches =
    seconds === Infinity
      ? batchesPerEpoch
      : Math.max(
          1,
          Math.floor(seconds / secondsOfBatch(network, inSampleOrder(examples, sampleSeed), measuredSeconds)),
        );
  const isSample = batches < batchesPerEpoch;
  const { targets, loss, accuracy } = score(network, isSample ? sampleOf(examples, batches, sampleSeed) : examples);
  return {
    part,
    targets,
    ...(isSample && { batches, sampledFrom: targetsPerEpoch }),
    before: stored({ loss, accuracy }),
  };
}

/** Scores the trained network on what was scored before. */
export function scoreAfter(
  network: Network,
  { scored }: BaseCorpus,
  { batches }: RecordedScores,
): RecordedScores["before"] | undefined {
  if (!scored) return undefined;
  const { examples } = scored;
  return stored(score(network, batches === undefined ? examples : sampleOf(examples, batches, sampleSeed)));
}

const stored = ({ loss, accuracy }: { loss: number; accuracy?: number | undefined }): RecordedScores["before"] => ({
  loss: Number.isFinite(loss) ? loss : null,
  ...(accuracy !== undefined && { accuracy }),
});

/** The recorded scores of a run that has ended; undefined before its end. */
export function baseScores({ corpus, scores }: FromRecord, task: Task): BaseScores | undefined {
  if (!scores?.after) return undefined;
  const { part, targets, sampledFrom, before, after } = scores;
  const shown = ({ loss, accuracy }: RecordedScores["before"]): BaseScore => ({
    loss,
    ...(task === "generator" && loss !== null && { perplexity: perplexity(loss) }),
    ...(accuracy !== undefined && { accuracy }),
  });
  return {
    corpus: pathText(corpus.files ?? corpus.name ?? ""),
    part,
    targets,
    ...(sampledFrom !== undefined && { sampledFrom }),
    before: shown(before),
    after: shown(after),
  };
}
