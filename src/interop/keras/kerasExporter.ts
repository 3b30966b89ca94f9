/** @file Exports a model for Keras 3 (keras.saving.load_model): a .keras archive, vocabulary.json and a loader. */
import { UserError } from "../../common/errors.js";
import type { Exporter } from "../exporters.js";
import { graphSupports, loaderFiles } from "../graph/graphFiles.js";
import { buildGraph } from "../graph/graphNetwork.js";
import type { Graph } from "../graph/graph.js";
import { configOf } from "./kerasConfig.js";
import { weightsFile } from "./kerasWeights.js";

/** 1 GiB of weights: h5wasm writes the file in its memory, and fails at 1.5 GiB. */
const mostParameters = 2 ** 28;

export const keras: Exporter = {
  describe: "a .keras file for Keras 3, with a loader in Python",
  supports: graphSupports("keras"),
  files: async (model) => {
    const { network, folder } = model;
    if (network.parameters > mostParameters) {
      throw new UserError(
        `${folder} has ${network.parameters.toPrecision(3)} parameters, and a .keras file holds at most 1 GiB of weights; use --to safetensors or --to tfjs`,
      );
    }
    const graph = buildGraph(network, "keras");
    const date = new Date(model.document.updated);
    return { "model.keras": await kerasArchive(graph, date), ...(await loaderFiles(model, graph)) };
  },
};

/** The version of Keras that the format belongs to. */
const kerasVersion = "3.0.0";

/** The bytes of a .keras file. @param saved the date stored in the archive */
export async function kerasArchive(graph: Graph, saved: Date): Promise<Uint8Array> {
  const { strToU8, zipSync } = await import("fflate");
  const date = saved.toISOString();
  const metadata = { keras_version: kerasVersion, date_saved: `${date.slice(0, 10)}@${date.slice(11, 19)}` };
  return zipSync(
    {
      "metadata.json": strToU8(JSON.stringify(metadata)),
      "config.json": strToU8(JSON.stringify(configOf(graph))),
      "model.weights.h5": await weightsFile(graph),
    },
    { level: 0, mtime: saved },
  );
}
