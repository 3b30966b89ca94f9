/** @file A .keras file: a zip archive of metadata.json, config.json and model.weights.h5, not compressed, as Keras writes it. */
import type { Graph } from "../graph/graph.js";
import { configOf } from "./kerasConfig.js";
import { weightsFile } from "./kerasWeights.js";

/** The version of Keras whose format it is. */
const kerasVersion = "3.0.0";

/** @param written when, which the archive notes */
export async function kerasArchive(graph: Graph, written: Date): Promise<Uint8Array> {
  const { strToU8, zipSync } = await import("fflate");
  const date = written.toISOString();
  const metadata = { keras_version: kerasVersion, date_saved: `${date.slice(0, 10)}@${date.slice(11, 19)}` };
  return zipSync(
    {
      "metadata.json": strToU8(JSON.stringify(metadata)),
      "config.json": strToU8(JSON.stringify(configOf(graph))),
      "model.weights.h5": await weightsFile(graph),
    },
    { level: 0, mtime: written },
  );
}
