/** @file Imports a Keras 3 model, layer by layer. */
import { UserError } from "../../common/errors.js";
import { groupNames } from "./kerasGroups.js";
import type { PoolingName } from "../../common/names.js";
import type { LayerSpec } from "../../network/spec.js";
import type { ImportTarget, ImportedNetwork, ImportedHead, ImportedLayer, Importer } from "../importers.js";
import { type KerasArchive, openKeras } from "./kerasArchiveReader.js";
import { chainOf, type KerasLayer, type LayerInFile, takeWeight } from "./kerasModelReader.js";
import { recurrentLayer } from "./kerasRecurrentReader.js";
import { type Values, zerosOf } from "../importing/importedValues.js";

export const keras: Importer = {
  describe: "a Keras model",
  read: async (bytes, source, target) => {
    const archive = await openKeras(bytes, source);
    const { chain, all } = chainOf(archive.config, source);
    const groups = groupsOf(all, archive);
    const layers = chain.map((layer): LayerInFile => ({
      ...layer,
      weights: archive.weights.get(groups.get(layer.name)!) ?? new Map<string, Values>(),
      error: (problem) => new UserError(`${source}: the layer ${layer.name} (${layer.className}) ${problem}`),
    }));
    return fromLayers(layers, source, target);
  },
};

/** The HDF5 group of each layer: the one that stores the layer's name, else the one that Keras gives it by counting. */
function groupsOf(layers: readonly KerasLayer[], { names }: KerasArchive): Map<string, string> {
  const counted = groupNames(layers.map(({ className }) => className));
  return new Map(layers.map(({ name }, index) => [name, names.get(name) ?? counted[index]!]));
}

type LayerReader = (layer: LayerInFile, target: ImportTarget) => ImportedLayer[];

const dropout =
  (variational: boolean): LayerReader =>
  ({ name, config }) => {
    const rate = Number(config["rate"]);
    const spec: LayerSpec = { type: "dropout", rate, ...(variational && { variational: true }) };
    return rate > 0 ? [{ name, spec, weights: {} }] : [];
  };

const poolingNames: Record<string, PoolingName> = { GlobalMaxPooling1D: "max", GlobalAveragePooling1D: "mean" };
const pooling: LayerReader = ({ name, className, beside = [] }) => {
  const over = [className, ...beside.map((layer) => layer.className)].map((one) => poolingNames[one]!);
  return [{ name, spec: { type: "pooling", over }, weights: {} }];
};

/** The supported layers, by class; the head is read apart. */
const readers: Record<string, LayerReader> = {
  InputLayer: () => [],
  Embedding: (layer, { reads }) => {
    const table = takeWeight(layer, "vars/0");
    const [rows, units = 0] = table.shape;
    if (!("vocabulary" in reads) || rows !== reads.vocabulary) {
      throw layer.error(
        `has ${rows} rows, but the vocabulary has ${"vocabulary" in reads ? reads.vocabulary : 0} tokens`,
      );
    }
    return [{ name: layer.name, spec: { type: "embedding", units }, weights: { table } }];
  },
  Dropout: dropout(false),
  SpatialDropout1D: dropout(true),
  LSTM: recurrentLayer,
  GRU: recurrentLayer,
  SimpleRNN: recurrentLayer,
  Bidirectional: recurrentLayer,
  GlobalMaxPooling1D: pooling,
  GlobalAveragePooling1D: pooling,
  Dense: (layer) => {
    const activation = activationName(layer.config["activation"]);
    if (activation !== "relu")
      throw layer.error(`has the activation ${activation ?? "linear"}; before the last layer only relu is supported`);
    const { kernel, bias } = denseWeights(layer, "");
    return [{ name: layer.name, spec: { type: "dense", units: bias.values.length }, weights: { kernel, bias } }];
  },
};

function denseWeights(layer: LayerInFile, within: string): { kernel: Values; bias: Values } {
  const kernel = takeWeight(layer, `${within}vars/0`);
  return { kernel, bias: layer.weights.get(`${within}vars/1`) ?? zerosOf(kernel.shape.at(-1) ?? 0) };
}

function fromLayers(chain: readonly LayerInFile[], source: string, target: ImportTarget): ImportedNetwork {
  const last = chain.findLastIndex(({ className }) => className !== "Dropout" && className !== "Activation");
  const [head, ...after] = chain.slice(last);
  if (!head || !["Dense", "TimeDistributed"].includes(head.className))
    throw new UserError(`${source}: the last layer of the model is not Dense`);
  const layers = chain.slice(0, last).flatMap((layer) => {
    const reader = Object.hasOwn(readers, layer.className) ? readers[layer.className] : undefined;
    if (reader) return reader(layer, target);
    throw layer.error(`cannot be imported; supported are ${Object.keys(readers).slice(1).join(", ")}`);
  });
  const [, steps] = (chain[0]?.config["batch_shape"] ?? []) as unknown[];
  return { layers, head: headOf(head, after, target), definedBy: source, ...(typeof steps === "number" && { steps }) };
}

/** The name of an activation; undefined if there is none, JSON for a registered function. */
const activationName = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : typeof value === "string" ? value : JSON.stringify(value);

const lastActivations: { [Task in ImportTarget["task"]]: readonly string[] } = {
  generator: ["softmax", "linear"],
  classifier: ["softmax", "linear", "sigmoid"],
  regressor: ["linear"],
  tagger: ["softmax", "linear"],
};

function headOf(layer: LayerInFile, after: readonly LayerInFile[], { task }: ImportTarget): ImportedHead {
  const inner =
    layer.className === "TimeDistributed" ? (layer.config["layer"] as { config?: Record<string, unknown> }) : layer;
  const { kernel, bias } = denseWeights(layer, layer.className === "TimeDistributed" ? "layer/" : "");
  const activations = [inner, ...after].flatMap(({ config }) => activationName(config?.["activation"]) ?? []);
  const wrong = activations.find((name) => !lastActivations[task].includes(name));
  const isMultiLabel = activations.includes("sigmoid") && bias.values.length > 1;
  if (wrong !== undefined || isMultiLabel) {
    throw layer.error(
      isMultiLabel
        ? "is the last and has several outputs with sigmoid (several labels per text); only one label per text is supported"
        : `is the last and has the activation ${wrong}; for a ${task} only ${lastActivations[task].join(" or ")} is supported`,
    );
  }
  return { name: layer.name, kernel, bias };
}
