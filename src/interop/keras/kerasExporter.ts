/** @file A model for Keras 3 (keras.saving.load_model): a .keras archive, its vocabulary, and a loader. */
import { UserError } from "../../common/errors.js";
import type { Exporter } from "../exporter.js";
import { filesBeside } from "../graph/graphFiles.js";
import { graphOf } from "../graph/graphNetwork.js";
import { kerasArchive } from "./kerasArchive.js";

/** 1 GiB of weights: HDF5's library makes its file in memory, and of 1.5 GiB it could not. */
const mostParameters = 2 ** 28;

export const keras: Exporter = {
  describe: "a .keras file for Keras 3, with a loader in Python",
  files: async (model) => {
    const { network, folder } = model;
    if (network.parameters > mostParameters) {
      throw new UserError(
        `${folder} has ${network.parameters.toPrecision(3)} parameters, and a Keras file is written of 1 GiB at most: choose --to safetensors or tfjs`,
      );
    }
    const graph = graphOf(network, "keras");
    const written = new Date(model.document.updated);
    return { "model.keras": await kerasArchive(graph, written), ...(await filesBeside(model, graph)) };
  },
};
