/** @file The configuration of a Keras model as layers that follow one another; of several poolings side by side, one. */
import * as v from "valibot";
import { checked } from "../../common/checked.js";
import { isJsonObject, isObject } from "../../common/json.js";
import { UserError } from "../../common/errors.js";

/** A layer as Keras configures it; `beside`: the poolings that are joined with it. */
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

/** In the order of the file, whatever that is: by it Keras counts the layers of a class. */
export type KerasModel = { chain: KerasLayer[]; all: KerasLayer[] };

/** @throws UserError for a model that is no chain of layers */
export function chainOf(config: unknown, place: string): KerasModel {
  if (!isJsonObject(config))
    throw new UserError(`${place} holds no model: its config.json is not an object of at most 64 levels`);
  const model = checked(
    modelSchema,
    config,
    (problems) => `${place} holds no Sequential or Functional model: ${problems}`,
  );
  const stored = model.config.layers;
  const layers = new Map(stored.map((layer) => [nameOf(layer), layer]));
  const all = stored.map(plain);
  if (model.class_name === "Sequential") return { chain: all, all };
  const chain: KerasLayer[] = [];
  for (let name = lastOf(model.config.output_layers, place); ;) {
    const layer = layers.get(name);
    if (!layer || chain.length > stored.length)
      throw new UserError(`${place}: its layers do not follow one another at ${name}`);
    const sources = sourcesOf(layer);
    const [only] = sources;
    if (sources.length > 1) {
      const joined = sources.map((source) => layers.get(source));
      const origins = new Set(joined.flatMap((one) => (one && isPooling(one) ? sourcesOf(one) : [""])));
      const [origin = ""] = origins;
      if (layer.class_name !== "Concatenate" || origins.size !== 1 || origin === "") {
        throw new UserError(
          `${place}: the layer ${name} reads ${sources.join(" and ")}; understood are layers one after the other, and poolings of one layer side by side`,
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

/** The names of the layers that a layer reads; a mask or a first state is none of them. */
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

/** The layer whose output is the model's. */
function lastOf(outputs: unknown, place: string): string {
  const [first] = Array.isArray(outputs) ? (outputs as unknown[]) : [];
  const name = Array.isArray(first) && Array.isArray(outputs) && outputs.length === 1 ? (first as unknown[])[0] : first;
  if (typeof name === "string") return name;
  throw new UserError(`${place}: its model has several outputs, and one is understood`);
}
