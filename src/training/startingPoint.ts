/** @file The checkpoint that a run starts from (--from), and what the run takes over from it. */
import { type Checkpoint, findCheckpoint, loadCheckpoint } from "../checkpoint/checkpoint.js";
import { UsageError } from "../common/errors.js";
import { type FrozenPart, type Task, tasks } from "../common/names.js";
import { type NetworkSizes, haveSameLayers, resizedSpec, startedNetwork } from "../network/grownNetwork.js";
import { transferredNetwork } from "../network/transferredNetwork.js";
import { initializations } from "../network/initializers.js";
import { Network } from "../network/network.js";
import { isPooled, type Spec } from "../network/spec.js";
import { rebuild } from "../model/rebuild.js";
import { tokenizerOptions } from "../options/corpusOptions.js";
import { networkOptions } from "../options/networkOptions.js";
import { camelCase, type Options, show } from "../options/option.js";
import { type Recipe, settleRecipe } from "../options/recipe.js";
import { canGrow } from "../tokenizers/grownTokenizer.js";
import { tokenizerDefinition } from "../tokenizers/index.js";
import type { BaseEncoding } from "./baseCorpus.js";

/** How a run starts from another checkpoint. */
export type StartOptions = {
  /** The name of a checkpoint or the path of its folder. */
  from: string;
  /** Parts of the network that stay as they are. Default: none. */
  freeze?: readonly FrozenPart[] | undefined;
  /** The fraction of the batches that are of its corpus, 0 … 1. Default: 0. */
  replay?: number | undefined;
};

/** The checkpoint that a run starts from. */
export type StartingPoint = {
  folder: string;
  document: Checkpoint["document"];
  network: Network;
  recipe: Recipe;
  /** Of the run's task. */
  encoding: BaseEncoding;
  /** Whether it is a generator from which a run of another task starts: with its first layers, and a new output layer. */
  isTransfer: boolean;
};

/** @throws UserError if there is none or it is damaged, UsageError if it has another task */
export async function openStartingPoint({ from }: StartOptions, task: Task | undefined): Promise<StartingPoint> {
  const { folder } = await findCheckpoint(from, tasks);
  const checkpoint = await loadCheckpoint(folder, { training: false });
  const { document } = checkpoint;
  const isTransfer = document.task === "generator" && (task === "classifier" || task === "regressor");
  if (task !== undefined && task !== document.task && !isTransfer) {
    const others = task === "tagger" || task === "generator" ? "" : " or a generator of the same kind of tokens";
    throw new UsageError(
      `--from ${from} is a ${document.task}, from which no ${task} can start; name a ${task}${others}, or remove --task`,
    );
  }
  const { network, recipe, mixture: _mixture, bag, ...encoding } = rebuild(folder, checkpoint);
  if (network === null) {
    throw new UsageError(
      `--from ${from} is ${bag ? "a bag of n-grams" : "an n-gram model"}, which has no network to start from; name a network`,
    );
  }
  const ownTask = isTransfer ? task : document.task;
  return { folder, document, network, recipe, encoding: { task: ownTask, ...encoding }, isTransfer };
}

const isDropout = (name: string): boolean => (networkOptions as Options)[name]?.group === "Regularization";
/** Options that determine the weights of a network and the ids of its tokens. */
const fixedOptions = [
  ...Object.keys(networkOptions).filter((name) => !isDropout(name)),
  ...Object.keys(tokenizerOptions).filter((name) => name !== "vocabulary"),
].filter((name) => name !== "layers");
/** Those of the layers that a run of another task takes over. */
const transferredOptions = [
  "cell",
  "units",
  "embedding",
  "learned-initial-state",
  "residual",
  "layer-norm",
  "block",
  "mlp",
  "causal-conv",
  ...Object.keys(tokenizerOptions).filter((name) => name !== "vocabulary"),
];
const dropoutOptions = Object.keys(networkOptions).filter(isDropout);
/** Options that say how long the texts of the network are. */
const lengthOptions = ["batch-size", "sequence-length", "max-length", "long-documents", "word-dropout"];

/** Adam's usual rate is for weights that are drawn at random. A lower one forgets less, and learns the new text nearly as well (docs/results.md). */
const gentleRate = 0.002;
/** The optimizer starts anew, and its first steps know no mean of gradients. */
const warmUpSteps = 20;

const valueOf = (options: Partial<Recipe>, name: string): unknown => options[camelCase(name) as keyof Recipe];

/**
 * The options that a run takes over; given ones go first.
 * @throws UsageError for a given option that contradicts the checkpoint
 */
export function inheritedOptions(
  { folder, network, recipe, encoding, isTransfer }: StartingPoint,
  given: Partial<Recipe>,
) {
  const { task, inputs } = encoding;
  const needed = isTransfer ? transferredOptions : fixedOptions;
  const { units = recipe.units, layers } = given;
  const wanted =
    layers === undefined ? given : { ...given, units: settleRecipe({ units, layers }, task, inputs).units };
  for (const name of needed) {
    const [own, its] = [valueOf(wanted, name), valueOf(recipe, name)];
    if (own === undefined || show(own) === show(its)) continue;
    throw new UsageError(
      `${typed(name, own)} contradicts --from ${folder}, whose network has ${its === undefined || its === false ? `no --${name}` : typed(name, its)}; remove it, or train without --from`,
    );
  }
  refuseVocabulary(folder, encoding, given);
  const names = isTransfer ? needed : [...needed, ...dropoutOptions, ...lengthOptions];
  const inherited = Object.fromEntries(
    names.map((name) => [camelCase(name), valueOf(recipe, name)] as const).filter(([, value]) => value !== undefined),
  ) as Partial<Recipe>;
  const scales = (encoding.inputs === "numbers" ? encoding.scaling : encoding.numbers) ?? [];
  const columns = scales.flatMap(({ name }) => name ?? []);
  return {
    ...inherited,
    layers: undefined,
    learningRate: gentleRate,
    warmUp: warmUpSteps,
    ...(network.spec.adaptive && !isTransfer && { cutoffs: network.spec.adaptive.cutoffs }),
    ...(isPooled(network.spec) && task === "generator" && { examples: recipe.examples }),
    ...(columns.length > 0 && { valueColumns: columns }),
  } satisfies Partial<Recipe>;
}

/** An option as a person types it. */
const typed = (name: string, value: unknown): string =>
  typeof value === "boolean" ? `--${value ? "" : "no-"}${name}` : `--${name} ${show(value)}`;

/** @throws UsageError for a size that the vocabulary cannot have */
function refuseVocabulary(folder: string, encoding: BaseEncoding, { vocabulary }: Partial<Recipe>): void {
  if (vocabulary === undefined || encoding.inputs !== "tokens") return;
  const { tokenizer } = encoding;
  const { length } = tokenizer.vocabulary;
  if (vocabulary === length || (vocabulary > length && canGrow(tokenizer))) return;
  const remedy = canGrow(tokenizer)
    ? `give ${length} or more, or remove it`
    : "no token can be added to them; remove it";
  throw new UsageError(
    `--vocabulary ${vocabulary} contradicts --from ${folder}, which has ${length} ${tokenizerDefinition(tokenizer.kind).unit}; ${remedy}`,
  );
}

/** Whether the outputs of the checkpoint are those that the run needs: all labels of its corpus, if it has classes, are among the checkpoint's. */
export const knowsLabels = (
  { encoding: { task, labels: known }, isTransfer }: StartingPoint,
  labels: readonly string[],
): boolean =>
  !isTransfer && (task === "generator" || task === "regressor" || labels.every((label) => known.includes(label)));

/**
 * The network of a run, with the weights of the checkpoint.
 * @param usualSpec the spec that the options of the run describe; used if they change the dropout
 * @throws UsageError for options that need other weights
 */
export function networkFrom(
  { folder, network, recipe: its, isTransfer }: StartingPoint,
  recipe: Recipe,
  sizes: NetworkSizes,
  { usualSpec, keepsHead }: { usualSpec: () => Spec; keepsHead: boolean },
): Network {
  const initialOf = (spec: Spec): Network =>
    Network.create(spec, initializations[recipe.init](recipe.initRange), recipe.seed);
  if (isTransfer) {
    const { network: transferred, taken } = transferredNetwork(network, initialOf(usualSpec()));
    if (taken > 0) return transferred;
    throw new UsageError(`--from ${folder} has no layers that this network can start from; remove --convolution`);
  }
  const resized = resizedSpec(network.spec, sizes);
  const changed = dropoutOptions.find((name) => show(valueOf(recipe, name)) !== show(valueOf(its, name)));
  const spec = changed === undefined ? resized : usualSpec();
  if (spec !== resized && !haveSameLayers(spec, resized)) {
    throw new UsageError(
      `--${changed} cannot change the network of --from ${folder}, because no options describe its layers; remove it`,
    );
  }
  return startedNetwork(network, { initial: initialOf(spec), keepsHead });
}
