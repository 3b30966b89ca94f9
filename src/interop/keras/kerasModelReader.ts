/** @file Reads the configuration of a Keras model as a chain of layers. Parallel poolings of one layer count as one layer. */
import * as v from "valibot";
import { checked } from "../../common/checked.js";
import { isJsonObject, isObject } from "../../common/json.js";
import { UserError } from "../../common/errors.js";
import type { Values } from "../importing/importedValues.js";
import type { LayerWeights } from "./kerasArchiveReader.js";
import { exportedModelName } from "./kerasConfig.js";

/** A layer and its Keras configuration; `beside`: the poolings that are concatenated with it. */
export type KerasLayer = { className: string; name: string; config: Record<string, unknown>; beside?: KerasLayer[] };

const layerSchema = v.object({
  class_name: v.string(),
  config: v.record(v.string(), v.unknown()),
  inbound_nodes: v.optional(v.array(v.unknown())),
});
const modelSchema = v.object({
  class_name: v.picklist(["Sequential", "Functional"]),
  config: v.object({ layers: v.array(layerSchema), output_layers: v.optional(v.unknown()) }),
});
type StoredLayer = v.InferOutput<typeof layerSchema>;

/** A layer with its weights. error: an error about the layer; its message is the layer's name and the problem. */
export type LayerInFile = KerasLayer & { weights: LayerWeights; error: (problem: string) => UserError };

/** A weight of a layer. @throws UserError if the layer lacks it */
export function takeWeight({ weights, error }: LayerInFile, path: string): Values {
  const values = weights.get(path);
  if (!values) throw error(`has no weight ${path}`);
  return values;
}

/** chain: in the order of computation; all: in the order of the file, in which Keras counts the layers of a class. */
export type KerasModel = { chain: KerasLayer[]; all: KerasLayer[] };

/** @throws UserError for a model whose layers do not form a chain, as those that rnn exports with states or masks */
export function chainOf(config: unknown, source: string): KerasModel {
  try {
    return readChain(config, source);
  } catch (error) {
    if (!(error instanceof UserError) || !isOwnExport(config)) throw error;
    throw new UserError(
      `${source} was exported by rnn with states or masks of its own, which rnn import does not read; use the checkpoint itself, or rnn export --to safetensors`,
      { cause: error },
    );
  }
}

const isOwnExport = (model: unknown): boolean =>
  isObject(model) && isObject(model["config"]) && model["config"]["name"] === exportedModelName;

function readChain(config: unknown, source: string): KerasModel {
  if (!isJsonObject(config))
    throw new UserError(`${source} contains no model: its config.json is not an object of at most 64 levels`);
  const model = checked(
    modelSchema,
    config,
    (problems) => `${source} contains no Sequential or Functional model: ${problems}`,
  );
  const stored = model.config.layers;
  const layers = new Map(stored.map((layer) => [nameOf(layer), layer]));
  const all = stored.map(plain);
  if (model.class_name === "Sequential") return { chain: all, all };
  const chain: KerasLayer[] = [];
  for (let name = lastOf(model.config.output_layers, source); ;) {
    const layer = layers.get(name);
    if (!layer || chain.length > stored.length)
      throw new UserError(`${source}: the layers do not form a chain at ${name}`);
    const sources = sourcesOf(layer);
    const [only] = sources;
    if (sources.length > 1) {
      const joined = sources.map((input) => layers.get(input));
      const origins = new Set(joined.flatMap((one) => (one && isPooling(one) ? sourcesOf(one) : [""])));
      const [origin = ""] = origins;
      if (layer.class_name !== "Concatenate" || origins.size !== 1 || origin === "") {
        throw new UserError(
          `${source}: the layer ${name} reads ${sources.join(" and ")}; only a chain of layers is supported, with parallel poolings of one layer`,
        );
      }
      const [first, ...beside] = joined.map((one) => plain(one!));
      chain.unshift({ ...first!, beside });
      name = origin;
      continue;
    }
    chain.unshift(plain(layer));
    if (only === undefined) return { chain, all };
    name = only;
  }
}

const nameOf = ({ config }: StoredLayer): string => (typeof config["name"] === "string" ? config["name"] : "");
const plain = (layer: StoredLayer): KerasLayer => ({
  className: layer.class_name,
  name: nameOf(layer),
  config: layer.config,
});
const isPooling = ({ class_name }: StoredLayer): boolean => /^Global(Max|Average)Pooling1D$/.test(class_name);

/** The names of the layers that a layer reads, without its mask and initial state. */
function sourcesOf({ inbound_nodes: [node] = [] }: StoredLayer): string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (isObject(value) && value["class_name"] === "__keras_tensor__" && isObject(value["config"])) {
      const history: unknown = value["config"]["keras_history"];
      if (Array.isArray(history)) found.push(String(history[0]));
    }
  };
  if (isObject(node)) walk(node["args"]);
  return found;
}

/** The name of the output layer. */
function lastOf(outputs: unknown, source: string): string {
  const [first] = Array.isArray(outputs) ? (outputs as unknown[]) : [];
  const name = Array.isArray(first) && Array.isArray(outputs) && outputs.length === 1 ? (first as unknown[])[0] : first;
  if (typeof name === "string") return name;
  throw new UserError(`${source}: the model has several outputs; only one is supported`);
}
