/** @file A network's spec, as plain data: built from options, stored in a checkpoint, and read by `Network`. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import { UserError } from "../common/errors.js";
import { cellNames, paddingNames, poolingNames, tasks } from "../common/names.js";
import { suggestion } from "../common/nearest.js";
import { namesAdded } from "../common/registry.js";

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const nonEmpty = v.pipe(v.string(), v.minLength(1));
const fraction = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

/** A layer; `units` is the width of its output, of each direction for a recurrent one. */
const layerSchema = v.variant("type", [
  /** dropout: of whole tokens. */
  v.strictObject({ type: v.literal("embedding"), units: size, dropout: v.optional(fraction) }),
  v.strictObject({
    type: v.literal("words"),
    units: size,
    dropout: v.optional(fraction),
    /** The LSTM that reads each word's characters; `units` of each direction. */
    characters: v.strictObject({ vocabulary: size, embedding: size, units: size }),
  }),
  /** variational: one mask for all steps. */
  v.strictObject({ type: v.literal("dropout"), rate: fraction, variational: v.optional(v.literal(true)) }),
  v.strictObject({
    type: v.literal("recurrent"),
    /** One of network/cells.ts, or one that `defineCell` added. */
    cell: nonEmpty,
    units: size,
    bidirectional: v.boolean(),
    /** Learned initial states for each direction, instead of zeros. */
    learnedStart: v.optional(v.literal(true)),
    /** Dropout of the hidden state that the recurrent matmul reads, with one mask for all steps. */
    recurrentDropout: v.optional(fraction),
    /** Dropout of the recurrent kernel's weights. */
    weightDrop: v.optional(fraction),
    /** The lower bound of the forget gate, for a cell that has one. */
    lowerBound: v.optional(fraction),
  }),
  v.strictObject({ type: v.literal("normalisation") }),
  /** Adds the input of the first of the last `over` layers. */
  v.strictObject({ type: v.literal("residual"), over: size }),
  v.strictObject({ type: v.literal("rms-norm") }),
  /** Reads `size` steps up to the present one; its input has `units` columns too. */
  v.strictObject({ type: v.literal("causal-convolution"), size: v.pipe(size, v.minValue(2)), units: size }),
  v.strictObject({ type: v.literal("projection"), units: size }),
  /** units: of the hidden layer; its output is as wide as its input. */
  v.strictObject({ type: v.literal("gated-mlp"), units: size }),
  v.strictObject({
    type: v.literal("pooling"),
    /** Of network/poolings.ts, or added by `definePooling`; their results stand side by side. */
    over: v.pipe(v.array(nonEmpty), v.minLength(1)),
    /** The number of steps that `flatten` takes of a sequence. */
    steps: v.optional(size),
  }),
  v.strictObject({
    type: v.literal("convolution"),
    /** Windows of `size` steps, side by side, each size with its own filters. */
    widths: v.pipe(v.array(v.strictObject({ filters: size, size })), v.minLength(1)),
    padding: v.picklist(paddingNames),
  }),
  /** The numbers beside a text, after its pooled vector. */
  v.strictObject({ type: v.literal("numbers"), columns: size }),
  v.strictObject({ type: v.literal("dense"), units: size }),
]);

const specFields = v.strictObject({
  task: v.picklist(tasks),
  /** The number of tokens, for a network that reads tokens. */
  vocabulary: v.optional(size),
  /** The number of columns, for a network that reads rows of numbers. */
  width: v.optional(size),
  layers: v.array(layerSchema),
  /** Outputs of the head: a logit for each token of a generator and for each label of a classifier or a tagger, the one number of a regressor. */
  classes: size,
  /** Each label has a probability of its own, the sigmoid of its logit. */
  multilabel: v.optional(v.literal(true)),
  /** The head's kernel is the embedding's table. */
  tied: v.optional(v.literal(true)),
  /** An adaptive softmax: the classes before the first cutoff are in the head, those between two cutoffs, or after the last, in a cluster. */
  adaptive: v.optional(
    v.strictObject({
      cutoffs: v.pipe(v.array(size), v.minLength(1)),
      /** Each cluster reads this number of times fewer features than the one before. */
      divValue: v.pipe(v.number(), v.minValue(1)),
    }),
  ),
});

/** The order of layers; those that keep the width may be anywhere. */
const order: readonly string[] = ["embedding", "words", "convolution", "recurrent", "pooling", "numbers", "dense"];
const single: ReadonlySet<string> = new Set(["pooling", "numbers"]);
const anywhere: ReadonlySet<string> = new Set(["dropout", "normalisation", "residual"]);
/** Layers that stand among recurrent ones. */
const besideRecurrent: ReadonlySet<string> = new Set(["rms-norm", "causal-convolution", "projection", "gated-mlp"]);
const placeOf = (type: string): number => order.indexOf(besideRecurrent.has(type) ? "recurrent" : type);
const mayFollow = (type: string, before: readonly { type: string }[]): boolean =>
  before.every((layer) => placeOf(layer.type) < placeOf(type) + (single.has(type) ? 0 : 1)) || anywhere.has(type);

/** Whether both ends of a residual connection have the same steps: it is part of a block, or starts and ends at recurrent layers. */
function connects(before: readonly { type: string }[], over: number): boolean {
  if (over > before.length) return false;
  const spanned = before.slice(-over);
  return (
    spanned.every(({ type }) => placeOf(type) === placeOf("recurrent") || anywhere.has(type)) &&
    (spanned[0]!.type === "rms-norm" || before.slice(0, -over).some(({ type }) => type === "recurrent"))
  );
}

/** The fields, and the conditions between them. */
const specSchema = v.pipe(
  specFields,
  v.check(
    ({ vocabulary, width }) => (vocabulary === undefined) !== (width === undefined),
    "expected a vocabulary or the width of rows of numbers",
  ),
  v.check(
    ({ vocabulary, layers }) =>
      layers.findLastIndex(({ type }) => type === "embedding" || type === "words") ===
      (vocabulary === undefined ? -1 : 0),
    "expected one embedding, as the first layer, for tokens, and none for rows of numbers",
  ),
  v.check(
    ({ layers }) => layers.every(({ type }, index) => index === 0 || mayFollow(type, layers.slice(0, index))),
    "expected convolutions, then recurrent layers, then at most one pooling, the numbers beside a text, then dense layers",
  ),
  v.check(
    ({ layers }) =>
      layers.every((layer, index) => layer.type !== "residual" || connects(layers.slice(0, index), layer.over)),
    "expected a residual connection from a recurrent layer past the ones after it",
  ),
  v.check(
    ({ layers }) =>
      layers.every(
        (layer) => layer.type !== "pooling" || layer.over.includes("flatten") === (layer.steps !== undefined),
      ),
    "expected the number of steps that flatten takes",
  ),
  v.check(
    ({ layers }) =>
      layers.every(
        (layer) =>
          layer.type !== "convolution" ||
          layer.padding === "same" ||
          layer.widths.every(({ size: steps }) => steps === layer.widths[0]!.size),
      ),
    "expected windows of one size in a convolution without padding",
  ),
  v.check(
    ({ task, layers }) =>
      task !== "generator" ||
      layers.some(({ type }) => type === "pooling") ||
      !layers.some(({ type }) => type === "convolution"),
    "expected a pooling after the convolution of a generator, which would read the token that it predicts",
  ),
  v.check(({ task, tied }) => tied === undefined || task === "generator", "expected a generator for tied weights"),
  v.check(
    ({ task, tied, adaptive }) => adaptive === undefined || (task === "generator" && tied === undefined),
    "expected a generator without tied weights for an adaptive softmax",
  ),
  v.check(
    ({ classes, adaptive }) =>
      adaptive === undefined ||
      adaptive.cutoffs.every((cutoff, index) => cutoff < (adaptive.cutoffs[index + 1] ?? classes)),
    "expected ascending cutoffs of an adaptive softmax, each below the number of classes",
  ),
  v.check(
    ({ layers }) =>
      layers.some(({ type }) => type === "recurrent") ||
      !layers.some((layer) => layer.type === "pooling" && layer.over.includes("last")),
    "expected a recurrent layer before the pooling of its last output",
  ),
  v.check(
    ({ layers }) =>
      !layers.some((layer, index) => layer.type === "residual" && layers[index - layer.over]?.type === "rms-norm") ||
      !layers.some((layer) => layer.type === "recurrent" && layer.bidirectional) ||
      !layers.some((layer) => layer.type === "pooling" && layer.over.includes("last")),
    "expected another pooling than last after blocks in both directions",
  ),
  v.check(
    (spec) => spec.task === "generator" || isPooled(spec) === (spec.task !== "tagger"),
    "expected a pooling for one output per sequence, and none for one output per word",
  ),
  v.check(
    ({ task, vocabulary, layers }) =>
      layers.every(
        ({ type }) =>
          (type !== "words" || task === "tagger") &&
          (type !== "numbers" || (vocabulary !== undefined && (task === "classifier" || task === "regressor"))),
      ),
    "expected a tagger for words with characters, and a classifier or regressor for numbers beside texts",
  ),
  v.check(
    ({ task, layers }) =>
      task !== "tagger" || !layers.some((layer) => layer.type === "convolution" && layer.padding === "valid"),
    "expected no padding valid in a tagger, which needs an output for each word",
  ),
  v.check(
    ({ task, classes, vocabulary }) => task !== "generator" || classes === vocabulary,
    "expected as many classes as tokens in a generator",
  ),
  v.check(
    ({ task, multilabel }) => multilabel === undefined || task === "classifier",
    "expected a classifier for several labels",
  ),
  v.check(({ task, classes }) => task !== "regressor" || classes === 1, "expected one output in a regressor"),
  v.check(({ layers }) => layers.some(({ type }) => type !== "dropout"), "expected a layer"),
);

export type LayerSpec = v.InferOutput<typeof layerSchema>;
export type LayerType = LayerSpec["type"];
export type Spec = v.InferOutput<typeof specFields>;

/**
 * Reads a spec that was stored.
 * @throws UserError if it does not describe a network, or names a cell or a pooling that is not defined
 */
export function readSpec(stored: unknown): Spec {
  const spec = checked(specSchema, stored, (problems) => `describes no network: ${problems}`);
  for (const layer of spec.layers) {
    if (layer.type === "recurrent") checkName(layer.cell, "cell", cellNames);
    if (layer.type === "pooling") for (const pooling of layer.over) checkName(pooling, "pooling", poolingNames);
  }
  return spec;
}

/** The names alone are checked: their tables import TensorFlow.js. */
function checkName(name: string, kind: keyof typeof defining, builtIn: readonly string[]): void {
  const known = [...builtIn, ...namesAdded(kind)];
  if (known.includes(name)) return;
  const hint = suggestion(name, known, `${kind}s`);
  const next = hint.endsWith("?") ? "" : `; a program adds one with ${defining[kind]} before it loads the checkpoint`;
  throw new UserError(`uses the ${kind} ${name}, which this rnn does not have${hint}${next}`);
}

const defining = { cell: "defineCell", pooling: "definePooling" };

/** Whether the network has one output for a whole sequence, rather than one at each step. */
export const isPooled = (spec: Spec): boolean => spec.layers.some(({ type }) => type === "pooling");

/** The numbers beside each text that a network reads; 0 for none. */
export const numbersIn = ({ layers }: Spec): number =>
  layers.reduce((count, layer) => (layer.type === "numbers" ? layer.columns : count), 0);
