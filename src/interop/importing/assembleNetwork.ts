/** @file Makes a spec and named weights of an imported network, with the tokens in the order of the tokenizer. */
import { isDeepStrictEqual } from "node:util";
import { inFile, UserError } from "../../common/errors.js";
import { headBias, headKernel, layerName, orderedWeights } from "../../network/network.js";
import { layerIndices, withoutDropout } from "../../network/layersWithoutDropout.js";
import { readSpec, type Spec } from "../../network/spec.js";
import type { WeightValues } from "../../network/storedWeights.js";
import type { ImportTarget, ImportedNetwork, ImportedHead } from "../importers.js";
import { inRows, shapeText, transposed, type Values } from "./importedValues.js";

/** Bias of a token that the file's network does not have; its probability is about e^-100. */
const absentTokenBias = -100;

export type AssemblyOptions = {
  /** Name of the file in messages. */
  source: string;
  target: ImportTarget;
  /** For each id of the tokenizer the id in the file, -1 for none; null if they are the same. */
  order: Int32Array | null;
};

/** @returns the spec, and its weights by name @throws UserError if `rnn` has no such network */
export function assembleNetwork({ layers, head: imported }: ImportedNetwork, options: AssemblyOptions) {
  const { source, target, order } = options;
  const { like } = target;
  const head = withOutputs(imported, target, source);
  const derived: Spec = inFile(source, () =>
    readSpec({
      task: target.task,
      ...("width" in target.reads ? target.reads : { vocabulary: order?.length ?? target.reads.vocabulary }),
      layers: layers.map((layer) => layer.spec),
      classes: target.task === "generator" && order ? order.length : target.outputs,
      ...(head.kernel === null && { tied: true }),
    }),
  );
  const spec = like && isDeepStrictEqual(withoutDropout(like), withoutDropout(derived)) ? like : derived;
  const indices = layerIndices(derived, spec);
  const weights: WeightValues = new Map();
  for (const [index, layer] of layers.entries()) {
    for (const [name, values] of Object.entries(layer.weights)) {
      const isTable = order !== null && name === "table";
      weights.set(`${layerName(layer.spec, indices[index]!)}/${name}`, isTable ? inRows(values, order, 0) : values);
    }
  }
  const { kernel, bias } = target.task === "generator" && order ? inOrder(head, order) : head;
  if (kernel) weights.set(headKernel, kernel);
  weights.set(headBias, bias);
  return { spec, weights: inFile(source, () => orderedWeights(spec, weights)) };
}

const outputWords: { [Task in ImportTarget["task"]]: string } = {
  generator: "one for each token of the vocabulary",
  classifier: "one for each label",
  regressor: "the predicted number",
  tagger: "one for each label",
};

/** A head with the number of outputs that the task needs. One sigmoid output for two labels becomes two outputs: σ(x) = softmax(0, x)[1]. */
function withOutputs(head: ImportedHead, { task, outputs }: ImportTarget, source: string): ImportedHead {
  const { name, kernel, bias } = head;
  const count = bias.values.length;
  if (kernel && (kernel.shape.length !== 2 || kernel.shape[1] !== count))
    throw new UserError(`${source}: the last layer ${name} has weights ${shapeText(kernel)} and ${count} biases`);
  if (count === outputs) return head;
  if (task === "classifier" && outputs === 2 && count === 1 && kernel) {
    return { ...head, kernel: withZeroColumn(kernel), bias: withZeroColumn(bias) };
  }
  throw new UserError(
    `${source}: the last layer ${name} has ${count} output${count === 1 ? "" : "s"}; expected ${outputs}: ${outputWords[task]}`,
  );
}

/** Puts a zero before each number: [rows, 1] → [rows, 2], or [1] → [2]. */
const withZeroColumn = ({ shape, values }: Values): Values => ({
  shape: [...shape.slice(0, -1), 2],
  values: Float32Array.from({ length: 2 * values.length }, (_, index) => (index % 2 ? values[(index - 1) / 2]! : 0)),
});

const inOrder = ({ kernel, bias }: ImportedHead, order: Int32Array) => ({
  kernel: kernel && transposed(inRows(transposed(kernel), order, 0)),
  bias: inRows(bias, order, absentTokenBias),
});
