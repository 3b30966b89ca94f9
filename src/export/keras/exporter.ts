/** @file A model for Keras 3 (keras.saving.load_model): a .keras archive, its vocabulary, and a loader. */
import type { Exporter } from "../exporter.js";
import { filesBeside } from "../graph/files.js";
import { graphOf } from "../graph/network.js";
import { kerasArchive } from "./archive.js";

export const keras: Exporter = {
  describe: "a .keras file for Keras 3, with a loader in Python",
  files: async (model) => {
    const graph = graphOf(model.network, "keras");
    const written = new Date(model.document.updated);
    return { "model.keras": await kerasArchive(graph, written), ...(await filesBeside(model, graph)) };
  },
};
