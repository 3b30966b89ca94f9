/** @file A network as plain data: what the options build, what a checkpoint stores, and from what `Network` is made. */
import * as v from "valibot";
import { checked } from "../common/checked.js";
import { UserError } from "../common/errors.js";
import { cellNames, paddingNames, poolingNames, tasks } from "../common/names.js";
import { suggestion } from "../common/nearest.js";
import { namesAdded } from "../common/registry.js";

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const nonEmpty = v.pipe(v.string(), v.minLength(1));
const share = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

/** A layer; `units` is the width of its output, of each direction for a recurrent one. */
const layerSchema = v.variant("type", [
  /** dropout: of whole words. */
  v.strictObject({ type: v.literal("embedding"), units: size, dropout: v.optional(share) }),
  v.strictObject({
    type: v.literal("words"),
    units: size,
    dropout: v.optional(share),
    /** The LSTM that reads each word's characters; `units` of each direction. */
    characters: v.strictObject({ vocabulary: size, embedding: size, units: size }),
  }),
  /** variational: one mask for all steps. */
  v.strictObject({ type: v.literal("dropout"), rate: share, variational: v.optional(v.literal(true)) }),
  v.strictObject({
    type: v.literal("recurrent"),
    /** One of network/cells.ts, or one that `defineCell` added. */
    cell: nonEmpty,
    units: size,
    bidirectional: v.boolean(),
    /** Each direction begins with a state that is learned, instead of zeros. */
    learnedStart: v.optional(v.literal(true)),
    /** Of the hidden state that the recurrent product reads, one mask for all steps. */
    recurrentDropout: v.optional(share),
    /** Of the recurrent kernel's weights. */
    weightDrop: v.optional(share),
  }),
  v.strictObject({ type: v.literal("normalisation") }),
  /** Adds to its input what the last `over` layers read. */
  v.strictObject({ type: v.literal("residual"), over: size }),
  v.strictObject({
    type: v.literal("pooling"),
    /** Of network/poolings.ts, or added by `definePooling`; their results stand side by side. */
    over: v.pipe(v.array(nonEmpty), v.minLength(1)),
    /** How many steps `flatten` takes of a sequence. */
    steps: v.optional(size),
  }),
  v.strictObject({
    type: v.literal("convolution"),
    /** Windows of so many steps, side by side, each with filters of its own. */
    widths: v.pipe(v.array(v.strictObject({ filters: size, size })), v.minLength(1)),
    padding: v.picklist(paddingNames),
  }),
  v.strictObject({ type: v.literal("dense"), units: size }),
]);

const specFields = v.strictObject({
  task: v.picklist(tasks),
  /** Where tokens are read: how many there are. */
  vocabulary: v.optional(size),
  /** Where rows of numbers are read: how many numbers a row has. */
  width: v.optional(size),
  layers: v.array(layerSchema),
  /** Outputs of the head: a logit for each token of a generator and for each label of a classifier or a tagger, the one number of a regressor. */
  classes: size,
  /** The softmax's weights are the embedding's. */
  tied: v.optional(v.literal(true)),
});

/** The order of what reads a sequence and what is made of it; what keeps the width may stand anywhere. */
const order: readonly string[] = ["embedding", "words", "convolution", "recurrent", "pooling", "dense"];
const anywhere: ReadonlySet<string> = new Set(["dropout", "normalisation", "residual"]);
const mayFollow = (type: string, before: readonly { type: string }[]): boolean =>
  before.every((layer) => order.indexOf(layer.type) < order.indexOf(type) + (type === "pooling" ? 0 : 1)) ||
  anywhere.has(type);

/** Whether a residual connection leads from one recurrent layer past others: from there on, both its ends have the same steps. */
const connects = (before: readonly { type: string }[], over: number): boolean =>
  over <= before.length &&
  before.slice(0, -over).some(({ type }) => type === "recurrent") &&
  before.slice(-over).every(({ type }) => type === "recurrent" || anywhere.has(type));

/** What a spec of valid fields can still have wrong. */
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
    "expected one embedding, as the first layer, where tokens are read, and none for rows of numbers",
  ),
  v.check(
    ({ layers }) => layers.every(({ type }, index) => index === 0 || mayFollow(type, layers.slice(0, index))),
    "expected convolutions, then recurrent layers, then at most one pooling, then dense layers",
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
    "expected a pooling after the convolution of a generator, which reads what it is to guess",
  ),
  v.check(
    ({ task, tied }) => tied === undefined || task === "generator",
    "expected a generator where the softmax is tied",
  ),
  v.check(
    ({ layers }) =>
      layers.some(({ type }) => type === "recurrent") ||
      !layers.some((layer) => layer.type === "pooling" && layer.over.includes("last")),
    "expected a recurrent layer before the pooling of its last output",
  ),
  v.check(
    (spec) => spec.task === "generator" || isPooled(spec) === (spec.task !== "tagger"),
    "expected a pooling where there is one answer for a whole sequence, and none where each word has one",
  ),
  v.check(
    ({ task, layers }) => task === "tagger" || !layers.some(({ type }) => type === "words"),
    "expected a tagger where words are read with their characters",
  ),
  v.check(
    ({ task, layers }) =>
      task !== "tagger" || !layers.some((layer) => layer.type === "convolution" && layer.padding === "valid"),
    "expected as many steps as words in a tagger",
  ),
  v.check(
    ({ task, classes, vocabulary }) => task !== "generator" || classes === vocabulary,
    "expected as many classes as tokens in a generator",
  ),
  v.check(({ task, classes }) => task !== "regressor" || classes === 1, "expected one output in a regressor"),
  v.check(({ layers }) => layers.some(({ type }) => type !== "dropout"), "expected a layer"),
);

export type LayerSpec = v.InferOutput<typeof layerSchema>;
export type LayerType = LayerSpec["type"];
export type Spec = v.InferOutput<typeof specFields>;

/**
 * Reads a spec that was stored.
 * @param place its checkpoint or file, for the message
 * @throws UserError if it does not describe a network, or names a cell or a pooling that is not defined
 */
export function readSpec(stored: unknown, place: string): Spec {
  const spec = checked(specSchema, stored, (problems) => `${place} describes no network: ${problems}`);
  for (const layer of spec.layers) {
    if (layer.type === "recurrent") checkName(layer.cell, "cell", cellNames, place);
    if (layer.type === "pooling") for (const pooling of layer.over) checkName(pooling, "pooling", poolingNames, place);
  }
  return spec;
}

/** The names alone are checked: their tables import TensorFlow.js. */
function checkName(name: string, kind: string, builtIn: readonly string[], place: string): void {
  const known = [...builtIn, ...namesAdded(kind)];
  if (!known.includes(name))
    throw new UserError(
      `${place} uses the ${kind} ${name}, which this rnn does not have${suggestion(name, known, `${kind}s`)}`,
    );
}

/** Whether one answer is given for a whole sequence, as for a label or after a window, rather than one at each step. */
export const isPooled = (spec: Spec): boolean => spec.layers.some(({ type }) => type === "pooling");
