/** @file Exports a model for TensorFlow.js (tf.loadLayersModel): layers, weights, vocabulary.json and a loader. */
import { version } from "../../common/version.js";
import type { Exporter } from "../exporters.js";
import { graphSupports, loaderFiles } from "../graph/graphFiles.js";
import { buildGraph } from "../graph/graphNetwork.js";
import { layersModelFiles } from "./layersModel.js";

/** package.json for the loader, so that `npm install` in the folder installs TensorFlow.js. */
const manifest = { private: true, type: "module", dependencies: { "@tensorflow/tfjs": "^4.22.0" } };

export const tfjs: Exporter = {
  describe: "a layers model for TensorFlow.js, with a loader in JavaScript",
  supports: graphSupports("tfjs"),
  files: async (model) => {
    const graph = buildGraph(model.network, "tfjs");
    return {
      ...layersModelFiles(graph, `rnn ${version}`),
      ...(await loaderFiles(model, graph)),
      "package.json": `${JSON.stringify(manifest, null, 2)}\n`,
    };
  },
};
