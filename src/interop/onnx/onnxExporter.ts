/** @file An ONNX file: a network for ONNX Runtime, and whatever else runs the format. */
import { UserError } from "../../common/errors.js";
import type { Network } from "../../network/network.js";
import { version } from "../../common/version.js";
import type { Exporter } from "../exporter.js";
import { type Vocabulary, vocabularyFile, vocabularyOf, vocabularyText } from "../tokenizerJson/exportedVocabulary.js";
import { encodeOnnx } from "./onnxMessages.js";
import { networkGraph } from "./onnxNetwork.js";

/** Of ONNX's file format and of its operators: those of ONNX 1.12 (2022). */
const versions = { format: 8, operators: 17 };

/** Protocol Buffers' own limit for a message, and room for what is no weight. */
const mostParameters = (2 ** 31 - 2 ** 24) / Float32Array.BYTES_PER_ELEMENT;

export const onnx: Exporter = {
  describe: "model.onnx, for ONNX Runtime",
  files: (model) => {
    const { network, folder } = model;
    if (network.parameters > mostParameters) {
      throw new UserError(
        `${folder} has ${network.parameters.toPrecision(3)} parameters, and an ONNX file holds 2 GB at most: choose --to safetensors`,
      );
    }
    const vocabulary = vocabularyOf(model);
    return { "model.onnx": onnxFile(network, vocabulary), [vocabularyFile]: vocabularyText(vocabulary) };
  },
};

/** @param vocabulary what the network's inputs and outputs mean */
export function onnxFile(network: Network, { task, labels, ...scales }: Vocabulary): Uint8Array {
  const graph = networkGraph(network, scales);
  const metadata = { task, ...(labels && { labels: JSON.stringify(labels) }) };
  return encodeOnnx({ versions, producer: { name: "rnn-text", version }, graph, metadata });
}
