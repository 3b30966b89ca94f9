/** @file All that a run needs, put together: from a corpus and options, or from a checkpoint and the corpus it was trained on. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import { type CheckpointDocument, loadCheckpoint } from "../checkpoint/checkpoint.js";
import type { Backend } from "../engine/backends/index.js";
import { type ArrangeOptions, evaluationExamples, trainingExamples } from "../examples/arrange.js";
import type { Examples } from "../examples/batch.js";
import { prepare, type Prepared, type Sources } from "../examples/prepare.js";
import { usualTask } from "../examples/defaultTask.js";
import { measure } from "../examples/split.js";
import { checkDigest, digestsOf, openSources, sharesOf } from "../examples/partSources.js";
import { specFrom } from "../network/build.js";
import { initialisations } from "../network/initializers.js";
import { Network } from "../network/network.js";
import { isPooled } from "../network/spec.js";
import { weightsFrom } from "../network/storedWeights.js";
import { type Engine, startEngine } from "../model/model.js";
import type { Task } from "../common/names.js";
import { rebuild } from "../model/rebuild.js";
import { readRecipe, type Recipe, refuseUseless, settleRecipe, splitSeedOf } from "../options/recipe.js";
import { type SampleOptions, sampleText } from "../inference/generation/sampleText.js";
import { recordedCorpus, type StandardInput } from "../corpus/corpus.js";
import type { Corpus } from "../corpus/document.js";
import { tokenizerDefinition, type TokenizerTrainer, tokenizerTrainer } from "../tokenizers/index.js";
import { readHistory } from "./history.js";
import { type Plan, planSchema } from "./plan.js";
import { Trainer } from "./trainer.js";

/** What a person gives a run. */
export type Given = Engine & {
  given: Partial<Recipe>;
  task?: Task | undefined;
  standardInput?: StandardInput;
  /** Options that do nothing are passed over instead of refused, as where they are for several networks. */
  lenient?: boolean;
};

export type Assembly = {
  recipe: Recipe;
  prepared: Prepared;
  arrange: ArrangeOptions;
  training: Examples;
  network: Network;
  trainer: Trainer;
  corpus: CheckpointDocument["corpus"];
  backend: Backend;
  /** ISO 8601 */
  created: string;
  /** Where the first weights are from, if from elsewhere. */
  imported?: CheckpointDocument["imported"];
  dispose(): void;
};

/** @param path of the corpus, or - */
export async function assemble(
  path: string,
  { given, task: wanted, standardInput, lenient, ...engine }: Given,
): Promise<Assembly> {
  const backend = await startEngine(engine, given.precision);
  const sources = await openSources(path, settleRecipe(given, wanted ?? "generator"), standardInput);
  const { rows } = sources.training;
  const extent = await measure(sources.training);
  const task = wanted ?? usualTask(sources.training, extent.labels);
  const inputs = rows ? "numbers" : "tokens";
  const recipe = settleRecipe(given, task, inputs);
  if (!lenient) refuseUseless(given, recipe, task, inputs);
  const prepared = await prepare(sources, {
    task,
    shares: sharesOf(recipe),
    seed: splitSeedOf(recipe),
    reading: rows ? { inputs: "numbers", shape: rows } : { inputs: "tokens", ...newTokenizers(recipe, task) },
    extent,
  });
  const spec = specFrom(recipe, {
    task,
    reads:
      prepared.inputs === "tokens"
        ? { vocabulary: prepared.tokenizer.vocabulary.length }
        : { width: prepared.scaling.length },
    labels: prepared.labels.length,
    characters: prepared.inputs === "tokens" ? prepared.spelling?.vocabulary.length : undefined,
    examples: recipe.examples,
    longest: longestOf(prepared, recipe),
  });
  const network = Network.create(spec, initialisations[recipe.init](recipe.initRange), recipe.seed);
  return put({ path, sources, recipe, prepared, network, backend, created: new Date().toISOString() });
}

/** Words are spelt with their capitals, whatever else is read as small letters. */
const newTokenizers = (
  { tokenizer, lowercase, vocabulary, charUnits }: Recipe,
  task: Task,
): { tokenizer: TokenizerTrainer; spelling?: TokenizerTrainer } => ({
  tokenizer: tokenizerTrainer(tokenizer, { lowercase, ...(vocabulary && { vocabulary }) }),
  ...(task === "tagger" && charUnits > 0 && { spelling: tokenizerTrainer("characters") }),
});

/** Steps that are read of a sequence at most: of rows of numbers no more than the longest has. */
function longestOf(prepared: Prepared, { sequenceLength, maxLength }: Recipe): number {
  if (prepared.task === "generator") return sequenceLength;
  if (prepared.task === "tagger") return maxLength;
  const { inputs } = prepared.documents.training;
  if (inputs.inputs === "tokens") return maxLength;
  let most = 1;
  for (let index = 0; index < inputs.count; index++) most = Math.max(most, inputs.lengthOf(index));
  return Math.min(maxLength, most);
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** What a checkpoint's `progress` holds beside its history. */
const storedProgress = v.strictObject({
  step: count,
  best: count,
  running: v.strictObject({ loss: v.number(), batches: count }),
  plan: planSchema,
});
/**
 * As the run stood when its checkpoint was saved. `judged`: whether it was evaluated then, as the last thing a run does.
 * @param options.given may name how long to train; all else is the checkpoint's
 * @throws UserError where the corpus is not the one that it was trained on
 */
export async function reassemble(
  folder: string,
  { given, corpus, standardInput, ...engine }: Given & { corpus?: string | undefined },
): Promise<{ assembly: Assembly; plan: Plan; judged: boolean }> {
  const { document, weights, training } = await loadCheckpoint(folder, { training: true });
  const backend = await startEngine(engine, readRecipe(document.options, folder).precision);
  const { network, labels, target, recipe: kept, ...reading } = rebuild(folder, { document, weights });
  const recipe = { ...kept, ...given };
  const path = corpus ?? recordedCorpus(document.corpus.name);
  const sources = await openSources(path, recipe, standardInput);
  checkDigest(sources.training, document.corpus.digest);
  checkDigest(sources.validation, document.corpus.options["validation"]);
  checkDigest(sources.test, document.corpus.options["test"]);
  const prepared = await prepare(sources, {
    task: document.task,
    shares: sharesOf(recipe),
    seed: splitSeedOf(recipe),
    reading,
    labels,
    target,
  });
  const { created, imported } = document;
  const assembly = put({ path, sources, recipe, prepared, network, backend, created, imported });
  const unclear = (problems: string): string => `${folder} does not say where its training stands: ${problems}`;
  const { plan, ...progress } = checked(storedProgress, document.progress, unclear);
  const history = readHistory(document, folder);
  assembly.trainer.restore({
    progress: { ...progress, history },
    best: weightsFrom(weights, folder),
    training: weightsFrom(training, folder),
  });
  return { assembly, plan, judged: Object.keys(document.metrics).length > 0 };
}

/** How a text is drawn at each evaluation: long enough to see how far the network is. */
const sampling: Omit<SampleOptions, "shape" | "length"> = { temperature: 0.5, seed: 1 };

type Pieces = Pick<Assembly, "recipe" | "prepared" | "network" | "backend" | "created" | "imported"> & {
  path: string;
  sources: Sources & { training: Corpus };
};

function put({ path, sources, ...pieces }: Pieces): Assembly {
  const { recipe, prepared, network } = pieces;
  const arrange: ArrangeOptions = recipe;
  const training = trainingExamples(prepared, arrange);
  const { shape, labelled, bytes, digest } = sources.training;
  const validation = evaluationExamples(prepared, "validation", arrange);
  const tokenizer = prepared.inputs === "tokens" && prepared.task === "generator" && prepared.tokenizer;
  const trainer = new Trainer(
    network,
    training,
    validation,
    recipe,
    tokenizer && !isPooled(network.spec)
      ? () =>
          sampleText(network, tokenizer, {
            ...sampling,
            length: tokenizerDefinition(tokenizer.kind).sampleLength,
            shape,
          })
      : null,
  );
  const corpus = { name: path, shape, labelled, bytes, digest, options: digestsOf(sources) };
  const dispose = (): void => {
    trainer.dispose();
    network.dispose();
  };
  return { ...pieces, arrange, training, trainer, corpus, dispose };
}
