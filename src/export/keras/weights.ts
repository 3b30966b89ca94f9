/** @file A graph's weights as the HDF5 file of a .keras archive: a group a layer under the name that Keras counts for it, a data set a weight. */
import type { Group } from "h5wasm";
import type { Graph } from "../graph/graph.js";
import { countedOrder } from "./order.js";

/** Each weight's path in the file. */
export function weightPaths(graph: Graph): Map<string, { shape: readonly number[]; values: Float32Array }> {
  const counts = new Map<string, number>();
  const paths = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const { className, weights } of countedOrder(graph)) {
    const kind = snakeCase(className);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    for (const weight of weights) paths.set(`layers/${kind}${count > 0 ? `_${count}` : ""}/${weight.keras}`, weight);
  }
  return paths;
}

/** As in simple_rnn, conv1d, global_max_pooling1d. */
export const snakeCase = (className: string): string =>
  className
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

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
