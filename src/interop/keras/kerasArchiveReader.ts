/** @file Reads a .keras file: the configuration of its model, and its weights by layer. */
import type { Entity, Group } from "h5wasm";
import { messageOf, UserError } from "../../common/errors.js";
import type { Values } from "../importing/importedValues.js";
import { zipMembers } from "../importing/zipMembers.js";

/** The weights of a layer by their path within it, for example "cell/vars/0". */
export type LayerWeights = Map<string, Values>;

/** weights: by group of the HDF5 file, for example "lstm_1". names: the group of each layer whose name the file stores. */
export type KerasArchive = {
  config: unknown;
  weights: Map<string, LayerWeights>;
  names: Map<string, string>;
};

const files = { config: "config.json", weights: "model.weights.h5" };
const limits = { [files.config]: 2 ** 24, [files.weights]: 2 ** 31 - 1 }; // bytes
const maxGrowth = 100; // of the values of an array to the bytes of the whole file
const maxDepth = 8; // nested groups
const maxArrays = 10_000;

/** @param source name of the file in messages @throws UserError if it is not a .keras file, or is damaged */
export async function openKeras(bytes: Uint8Array, source: string): Promise<KerasArchive> {
  const damaged = (problem: string) => new UserError(`could not read ${source} as a Keras file: ${problem}`);
  let content: Map<string, Uint8Array>;
  try {
    content = zipMembers(bytes, limits);
  } catch (error) {
    throw damaged(messageOf(error));
  }
  const [config, weights] = [content.get(files.config), content.get(files.weights)];
  if (!config || !weights) throw damaged(`it contains no ${config ? files.weights : files.config}`);
  try {
    const model: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(config));
    return { config: model, ...(await readHdf5(weights)) };
  } catch (error) {
    if (error instanceof UserError) throw damaged(error.message);
    throw damaged(error instanceof SyntaxError ? `its ${files.config} is not JSON` : `its ${files.weights} is damaged`);
  }
}

/** @throws Error if the bytes are not HDF5; without its error handler the library would print messages */
async function readHdf5(bytes: Uint8Array): Promise<Pick<KerasArchive, "weights" | "names">> {
  const { Dataset, File, Group: HdfGroup, ready } = await import("h5wasm");
  const library = await ready;
  const { FS } = library;
  library.activate_throwing_error_handler();
  const path = "import.h5"; // in the library's memory file system
  const contents: Pick<KerasArchive, "weights" | "names"> = { weights: new Map(), names: new Map() };
  let count = 0;
  const walk = (group: Group, layer: string, outer: string): void => {
    for (const key of group.keys()) {
      const entity: Entity | null = group.get(key);
      const inner = outer === "" ? key : `${outer}/${key}`;
      if (++count > maxArrays)
        throw new UserError(`its ${files.weights} contains more than ${maxArrays} arrays and groups`);
      if (entity instanceof HdfGroup && inner.split("/").length < maxDepth) {
        const name = inner === "vars" ? entity.attrs["name"]?.value : undefined;
        if (typeof name === "string") contents.names.set(name, layer);
        walk(entity, layer, inner);
      } else if (entity instanceof Dataset) {
        const layerWeights = contents.weights.get(layer)!;
        const values = (entity.shape ?? []).reduce((product, length) => product * length, 1);
        if (4 * values > maxGrowth * bytes.length)
          throw new UserError(
            `its array ${layer}/${inner} would have ${values} values, in a file of ${bytes.length} bytes`,
          );
        layerWeights.set(inner, {
          shape: [...(entity.shape ?? [])],
          values: floats(entity.value, `${layer}/${inner}`),
        });
      }
    }
  };
  let file: InstanceType<typeof File> | undefined;
  try {
    FS.writeFile(path, bytes);
    file = new File(path, "r");
    const layers = file.get("layers");
    if (!(layers instanceof HdfGroup)) throw new UserError(`its ${files.weights} contains no layers`);
    for (const layer of layers.keys()) {
      const group = layers.get(layer);
      contents.weights.set(layer, new Map());
      if (group instanceof HdfGroup) walk(group, layer, "");
    }
    return contents;
  } finally {
    library.deactivate_throwing_error_handler();
    file?.close();
    FS.unlink(path);
  }
}

function floats(value: unknown, name: string): Float32Array {
  if (value instanceof Float32Array) return value.slice();
  if (value instanceof Float64Array) return Float32Array.from(value);
  throw new UserError(`its array ${name} is not of type float32 or float64`);
}
