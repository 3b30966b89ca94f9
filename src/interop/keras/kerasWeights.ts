/** @file Writes the weights of a graph as the HDF5 file of a .keras archive: a group for each layer, a data set for each weight. */
import type { Group } from "h5wasm";
import type { Graph } from "../graph/graph.js";
import { countedOrder, groupNames } from "./kerasGroups.js";

/** The weights by their path in the file. */
export function weightPaths(graph: Graph): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const paths = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  const layers = countedOrder(graph);
  for (const [index, group] of groupNames(layers.map(({ className }) => className)).entries()) {
    for (const weight of layers[index]!.weights) paths.set(`layers/${group}/${weight.keras}`, weight);
  }
  return paths;
}

/** The bytes of model.weights.h5. */
export async function weightsFile(graph: Graph): Promise<Uint8Array> {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const path = "weights.h5"; // in the library's memory file system
  const file = new File(path, "w");
  for (const [weightPath, { shape, values }] of weightPaths(graph)) {
    const parts = weightPath.split("/");
    const name = parts.pop()!;
    const group = parts.reduce<Group>(
      (within, part) => (within.get(part) as Group | null) ?? within.create_group(part),
      file,
    );
    group.create_dataset({ name, data: values, shape: [...shape], dtype: "<f" });
  }
  file.close();
  const bytes = FS.readFile(path);
  FS.unlink(path);
  return bytes;
}
