/** @file A graph's weights as the HDF5 file of a .keras archive: a group a layer under the name that Keras counts for it, a data set a weight. */
import type { Group } from "h5wasm";
import type { Graph } from "../graph/graph.js";
import { groupNames } from "./kerasGroups.js";
import { countedOrder } from "./kerasOrder.js";

/** Each weight's path in the file. */
export function weightPaths(graph: Graph): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const paths = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  const layers = countedOrder(graph);
  for (const [index, group] of groupNames(layers.map(({ className }) => className)).entries()) {
    for (const weight of layers[index]!.weights) paths.set(`layers/${group}/${weight.keras}`, weight);
  }
  return paths;
}

/** The bytes of the file. */
export async function weightsFile(graph: Graph): Promise<Uint8Array> {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const place = "weights.h5"; // in the library's own memory
  const file = new File(place, "w");
  for (const [path, { shape, values }] of weightPaths(graph)) {
    const parts = path.split("/");
    const name = parts.pop()!;
    const group = parts.reduce<Group>(
      (within, part) => (within.get(part) as Group | null) ?? within.create_group(part),
      file,
    );
    group.create_dataset({ name, data: values, shape: [...shape], dtype: "<f" });
  }
  file.close();
  const bytes = FS.readFile(place);
  FS.unlink(place);
  return bytes;
}
