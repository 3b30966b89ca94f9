/** @file A model for TensorFlow.js (tf.loadLayersModel): its layers and weights, its vocabulary, and a loader. */
import { version } from "../../common/version.js";
import type { Exporter } from "../exporter.js";
import { filesBeside } from "../graph/graphFiles.js";
import { graphOf } from "../graph/graphNetwork.js";
import { layersModelFiles } from "./layersModel.js";

/** What the loader imports: `npm install` in the folder fetches it. */
const manifest = { private: true, type: "module", dependencies: { "@tensorflow/tfjs": "^4.22.0" } };

export const tfjs: Exporter = {
  describe: "a layers model for TensorFlow.js, with a loader in JavaScript",
  files: async (model) => {
    const graph = graphOf(model.network, "tfjs");
    return {
      ...layersModelFiles(graph, `rnn ${version}`),
      ...(await filesBeside(model, graph)),
      "package.json": `${JSON.stringify(manifest, null, 2)}\n`,
    };
  },
};
