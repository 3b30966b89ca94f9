/** @file What an importer found as one of our networks: a spec, and weights by our names, in the order of our vocabulary. */
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../common/errors.js";
import { headBias, headKernel, layerName, orderedWeights } from "../../network/network.js";
import { type LayerSpec, readSpec, type Spec } from "../../network/spec.js";
import type { WeightValues } from "../../network/storedWeights.js";
import type { Aim, Found, FoundHead } from "./found.js";
import { inRows, shapeText, transposed, type Values } from "./values.js";

/** Logit of a token that the file's network does not have: it gives it no probability. */
const never = -100;

export type Fitting = {
  place: string;
  aim: Aim;
  /** Of each of our tokens, which of the file's it is, -1 for none; null where they are the same. */
  order: Int32Array | null;
};

/** @throws UserError for what is no network of ours */
export function fitted({ layers, head: found }: Found, { place, aim, order }: Fitting) {
  const { like } = aim;
  const head = withOutputs(found, aim, place);
  const derived: Spec = readSpec(
    {
      task: aim.task,
      ...("width" in aim.reads ? aim.reads : { vocabulary: order?.length ?? aim.reads.vocabulary }),
      layers: layers.map((layer) => layer.spec),
      classes: aim.task === "generator" && order ? order.length : aim.outputs,
      ...(head.kernel === null && { tied: true }),
    },
    place,
  );
  const spec = like && isDeepStrictEqual(essential(like), essential(derived)) ? like : derived;
  const places = placesOf(spec, derived);
  const weights: WeightValues = new Map();
  for (const [index, layer] of layers.entries()) {
    for (const [name, values] of Object.entries(layer.weights)) {
      const isTable = order !== null && name === "table";
      weights.set(`${layerName(layer.spec, places[index]!)}/${name}`, isTable ? inRows(values, order, 0) : values);
    }
  }
  const { kernel, bias } = aim.task === "generator" && order ? inOrder(head, order) : head;
  if (kernel) weights.set(headKernel, kernel);
  weights.set(headBias, bias);
  return { spec, weights: orderedWeights(spec, weights, place) };
}

const isDropout = ({ type }: LayerSpec): boolean => type === "dropout";

/** A spec without what only training drops. */
const essential = ({ layers, ...spec }: Spec) => ({
  ...spec,
  layers: layers
    .filter((layer) => !isDropout(layer))
    .map((layer) => ({ ...layer, dropout: undefined, recurrentDropout: undefined, weightDrop: undefined })),
});

/** Where each layer of the derived spec stands in the one that is taken. */
function placesOf(spec: Spec, derived: Spec): number[] {
  if (spec === derived) return [...derived.layers.keys()];
  const kept = [...spec.layers.keys()].filter((index) => !isDropout(spec.layers[index]!));
  let at = 0;
  return derived.layers.map((layer) => (isDropout(layer) ? -1 : kept[at++]!));
}

const outputWords: { [Task in Aim["task"]]: string } = {
  generator: "one for each token of the vocabulary",
  classifier: "one for each label",
  regressor: "the number that is predicted",
  tagger: "one for each label",
};

/** A head with as many outputs as are needed; of one for two labels is made one for each: a sigmoid is a softmax beside zero. */
function withOutputs(head: FoundHead, { task, outputs }: Aim, place: string): FoundHead {
  const { name, kernel, bias } = head;
  const count = bias.values.length;
  if (kernel && (kernel.shape.length !== 2 || kernel.shape[1] !== count))
    throw new UserError(`${place}: the last layer ${name} has weights ${shapeText(kernel)} and ${count} biases`);
  if (count === outputs) return head;
  if (task === "classifier" && outputs === 2 && count === 1 && kernel) {
    return { ...head, kernel: besideZeros(kernel), bias: besideZeros(bias) };
  }
  throw new UserError(
    `${place}: the last layer ${name} has ${count} output${count === 1 ? "" : "s"}, and ${outputs} are needed, ${outputWords[task]}`,
  );
}

/** Each number after a zero: [rows, 1] → [rows, 2], or [1] → [2]. */
const besideZeros = ({ shape, values }: Values): Values => ({
  shape: [...shape.slice(0, -1), 2],
  values: Float32Array.from({ length: 2 * values.length }, (_, index) => (index % 2 ? values[(index - 1) / 2]! : 0)),
});

const inOrder = ({ kernel, bias }: FoundHead, order: Int32Array) => ({
  kernel: kernel && transposed(inRows(transposed(kernel), order, 0)),
  bias: inRows(bias, order, never),
});
