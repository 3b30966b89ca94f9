/** @file A .keras file opened: the configuration of its model, and its weights by the layers that they are of. */
import type { Entity, Group } from "h5wasm";
import { messageOf, UserError } from "../../common/errors.js";
import type { Values } from "../importing/values.js";

/** Weights of a layer by their path within it, as in "cell/vars/0". */
export type LayerWeights = Map<string, Values>;

/** weights: by the group of the file, as in "lstm_1"; names: the group of each layer whose name in the model the file says. */
export type KerasArchive = {
  config: unknown;
  weights: Map<string, LayerWeights>;
  names: Map<string, string>;
};

const files = { config: "config.json", weights: "model.weights.h5" };
const largest = 2 ** 31 - 1; // bytes of a file within
const deepest = 8; // groups within groups
const mostArrays = 10_000;

/** @throws UserError for what is not such a file, or is damaged */
export async function openKeras(bytes: Uint8Array, place: string): Promise<KerasArchive> {
  const damaged = (what: string) => new UserError(`${place} is not a Keras file that can be read: ${what}`);
  const { unzipSync } = await import("fflate");
  const wanted: readonly string[] = Object.values(files);
  let content: Record<string, Uint8Array>;
  try {
    content = unzipSync(bytes, {
      filter: ({ name, originalSize }) => wanted.includes(name) && originalSize <= largest,
    });
  } catch (error) {
    throw damaged(messageOf(error));
  }
  const [config, weights] = [content[files.config], content[files.weights]];
  if (!config || !weights) throw damaged(`it holds no ${config ? files.weights : files.config}`);
  try {
    const model: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(config));
    return { config: model, ...(await readHdf5(weights)) };
  } catch (error) {
    if (error instanceof UserError) throw damaged(error.message);
    throw damaged(error instanceof SyntaxError ? `its ${files.config} is not JSON` : `its ${files.weights} is damaged`);
  }
}

/** @throws Error for what is no HDF5, which its library would else complain about itself */
async function readHdf5(bytes: Uint8Array): Promise<Pick<KerasArchive, "weights" | "names">> {
  const { Dataset, File, Group: HdfGroup, ready } = await import("h5wasm");
  const library = await ready;
  const { FS } = library;
  library.activate_throwing_error_handler();
  const place = "import.h5"; // in the library's own memory
  const found: Pick<KerasArchive, "weights" | "names"> = { weights: new Map(), names: new Map() };
  let count = 0;
  const walk = (group: Group, layer: string, path: string): void => {
    for (const key of group.keys()) {
      const entity: Entity | null = group.get(key);
      const inner = path === "" ? key : `${path}/${key}`;
      if (++count > mostArrays)
        throw new UserError(`its ${files.weights} holds more than ${mostArrays} arrays and groups`);
      if (entity instanceof HdfGroup && inner.split("/").length < deepest) {
        const name = inner === "vars" ? entity.attrs["name"]?.value : undefined;
        if (typeof name === "string") found.names.set(name, layer);
        walk(entity, layer, inner);
      } else if (entity instanceof Dataset) {
        const layerWeights = found.weights.get(layer)!;
        layerWeights.set(inner, {
          shape: [...(entity.shape ?? [])],
          values: floats(entity.value, `${layer}/${inner}`),
        });
      }
    }
  };
  let file: InstanceType<typeof File> | undefined;
  try {
    FS.writeFile(place, bytes);
    file = new File(place, "r");
    const layers = file.get("layers");
    if (!(layers instanceof HdfGroup)) throw new UserError(`its ${files.weights} holds no layers`);
    for (const layer of layers.keys()) {
      const group = layers.get(layer);
      found.weights.set(layer, new Map());
      if (group instanceof HdfGroup) walk(group, layer, "");
    }
    return found;
  } finally {
    library.deactivate_throwing_error_handler();
    file?.close();
    FS.unlink(place);
  }
}

function floats(value: unknown, name: string): Float32Array {
  if (value instanceof Float32Array) return value.slice();
  if (value instanceof Float64Array) return Float32Array.from(value);
  throw new UserError(`its array ${name} is not of 32-bit or 64-bit floats`);
}
