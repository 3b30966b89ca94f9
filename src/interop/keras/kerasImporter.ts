/** @file A Keras 3 model, whose layers say themselves what they are. */
import { UserError } from "../../common/errors.js";
import { groupNames } from "./kerasGroups.js";
import type { PoolingName } from "../../common/names.js";
import type { LayerSpec } from "../../network/spec.js";
import type { Aim, Found, FoundHead, FoundLayer, Importer } from "../importing/found.js";
import { type KerasArchive, openKeras } from "./kerasArchiveReader.js";
import { type Given, take } from "./kerasLayerReader.js";
import { chainOf, type KerasLayer } from "./kerasModelReader.js";
import { recurrentLayer } from "./kerasRecurrentReader.js";
import { type Values, zerosOf } from "../importing/values.js";

export const keras: Importer = {
  describe: "a Keras model",
  read: async (bytes, place, aim) => {
    const archive = await openKeras(bytes, place);
    const { chain, all } = chainOf(archive.config, place);
    const groups = groupsOf(all, archive);
    const given = chain.map((layer): Given => ({
      ...layer,
      weights: archive.weights.get(groups.get(layer.name)!) ?? new Map<string, Values>(),
      refuse: (what) => new UserError(`${place}: the layer ${layer.name}, ${what}`),
    }));
    return fromLayers(given, place, aim);
  },
};

/** The group of each layer's weights: the one that says so, else by counting the layers of its class. */
function groupsOf(layers: readonly KerasLayer[], { names }: KerasArchive): Map<string, string> {
  const counted = groupNames(layers.map(({ className }) => className));
  return new Map(layers.map(({ name }, index) => [name, names.get(name) ?? counted[index]!]));
}

type Reader = (given: Given, aim: Aim) => FoundLayer[];

const dropout =
  (variational: boolean): Reader =>
  ({ name, config }) => {
    const rate = Number(config["rate"]);
    const spec: LayerSpec = { type: "dropout", rate, ...(variational && { variational: true }) };
    return rate > 0 ? [{ name, spec, weights: {} }] : [];
  };

const poolingNames: Record<string, PoolingName> = { GlobalMaxPooling1D: "max", GlobalAveragePooling1D: "mean" };
const pooling: Reader = ({ name, className, beside = [] }) => {
  const over = [className, ...beside.map((layer) => layer.className)].map((one) => poolingNames[one]!);
  return [{ name, spec: { type: "pooling", over }, weights: {} }];
};

/** All but the last dense layer. */
const readers: Record<string, Reader> = {
  InputLayer: () => [],
  Embedding: (given, { reads }) => {
    const table = take(given, "vars/0");
    const [rows, units = 0] = table.shape;
    if (!("vocabulary" in reads) || rows !== reads.vocabulary) {
      throw given.refuse(
        `an embedding, has ${rows} rows, and the vocabulary has ${"vocabulary" in reads ? reads.vocabulary : 0} tokens; they must be as many`,
      );
    }
    return [{ name: given.name, spec: { type: "embedding", units }, weights: { table } }];
  },
  Dropout: dropout(false),
  SpatialDropout1D: dropout(true),
  LSTM: recurrentLayer,
  GRU: recurrentLayer,
  SimpleRNN: recurrentLayer,
  Bidirectional: recurrentLayer,
  GlobalMaxPooling1D: pooling,
  GlobalAveragePooling1D: pooling,
  Dense: (given) => {
    const activation = wordOf(given.config["activation"]);
    if (activation !== "relu")
      throw given.refuse(
        `a dense one before the last, has the activation ${activation ?? "linear"}; relu is understood`,
      );
    const { kernel, bias } = denseWeights(given, "");
    return [{ name: given.name, spec: { type: "dense", units: bias.values.length }, weights: { kernel, bias } }];
  },
};

function denseWeights(given: Given, within: string): { kernel: Values; bias: Values } {
  const kernel = take(given, `${within}vars/0`);
  return { kernel, bias: given.weights.get(`${within}vars/1`) ?? zerosOf(kernel.shape.at(-1) ?? 0) };
}

function fromLayers(given: readonly Given[], place: string, aim: Aim): Found {
  const last = given.findLastIndex(({ className }) => className !== "Dropout" && className !== "Activation");
  const [head, ...after] = given.slice(last);
  if (!head || !["Dense", "TimeDistributed"].includes(head.className))
    throw new UserError(`${place}: its model does not end in a Dense layer`);
  const layers = given.slice(0, last).flatMap((layer) => {
    const reader = Object.hasOwn(readers, layer.className) ? readers[layer.className] : undefined;
    if (reader) return reader(layer, aim);
    throw layer.refuse(`${layer.className}, is not understood; what is: ${Object.keys(readers).slice(1).join(", ")}`);
  });
  const [, steps] = (given[0]?.config["batch_shape"] ?? []) as unknown[];
  const told = `${place} says it itself`;
  return { layers, head: headOf(head, after, aim), told, ...(typeof steps === "number" && { steps }) };
}

/** The name of an activation; undefined where there is none, and JSON where it is one that somebody registered. */
const wordOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : typeof value === "string" ? value : JSON.stringify(value);

const lastActivations: { [Task in Aim["task"]]: readonly string[] } = {
  generator: ["softmax", "linear"],
  classifier: ["softmax", "linear", "sigmoid"],
  regressor: ["linear"],
  tagger: ["softmax", "linear"],
};

function headOf(given: Given, after: readonly Given[], { task }: Aim): FoundHead {
  const inner =
    given.className === "TimeDistributed" ? (given.config["layer"] as { config?: Record<string, unknown> }) : given;
  const { kernel, bias } = denseWeights(given, given.className === "TimeDistributed" ? "layer/" : "");
  const activations = [inner, ...after].flatMap(({ config }) => wordOf(config?.["activation"]) ?? []);
  const wrong = activations.find((name) => !lastActivations[task].includes(name));
  const isManyLabels = activations.includes("sigmoid") && bias.values.length > 1;
  if (wrong !== undefined || isManyLabels) {
    throw given.refuse(
      isManyLabels
        ? "the last, has several outputs with sigmoid, each a yes or no of its own; one label for a text is understood"
        : `the last, has the activation ${wrong}; of a ${task}, ${lastActivations[task].join(" or ")} is understood`,
    );
  }
  return { name: given.name, kernel, bias };
}
