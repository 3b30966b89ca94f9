/** @file Exports a model as an ONNX file, for ONNX Runtime and other programs that run the format. */
import { UserError } from "../../common/errors.js";
import type { Network } from "../../network/network.js";
import { version } from "../../common/version.js";
import type { Exporter } from "../exporters.js";
import {
  hasPiecePattern,
  type Vocabulary,
  vocabularyFile,
  vocabularyOf,
  vocabularyText,
} from "../tokenizerJson/exportedVocabulary.js";
import { onnxCells } from "./onnxCells.js";
import { onnxLayers } from "./onnxLayers.js";
import { encodeOnnx } from "./onnxMessages.js";
import { buildOnnxGraph } from "./onnxNetwork.js";
import { onnxPoolings } from "./onnxPoolings.js";

/** Versions of ONNX's file format and operator set: those of ONNX 1.12 (2022). */
const versions = { format: 8, operators: 17 };

/** The limit of Protocol Buffers for a message, less 16 MiB for everything but the weights. */
const mostParameters = (2 ** 31 - 2 ** 24) / Float32Array.BYTES_PER_ELEMENT;

export const onnx: Exporter = {
  describe: "model.onnx, for ONNX Runtime",
  supports: ({ kind, name }) =>
    kind === "tokenizer"
      ? hasPiecePattern(name)
      : kind !== "softmax" && { cell: onnxCells, layer: onnxLayers, pooling: onnxPoolings }[kind][name] !== undefined,
  files: (model) => {
    const { network, folder, document } = model;
    if (network.parameters > mostParameters) {
      throw new UserError(
        `${folder} has ${network.parameters.toPrecision(3)} parameters, and an ONNX file holds at most 2 GB; use --to safetensors`,
      );
    }
    const vocabulary = vocabularyOf(model);
    return {
      "model.onnx": onnxFile(network, vocabulary, document.quantized !== undefined),
      [vocabularyFile]: vocabularyText(vocabulary),
    };
  },
};

/**
 * The bytes of model.onnx.
 * @param vocabulary how tokens, numbers and labels map to the network's inputs and outputs
 * @param quantized whether weights that are 8-bit integers times a scale are stored so
 */
export function onnxFile(network: Network, { task, labels, ...scales }: Vocabulary, quantized = false): Uint8Array {
  const graph = buildOnnxGraph(network, scales, quantized);
  const metadata = { task, ...(labels && { labels: JSON.stringify(labels) }) };
  return encodeOnnx({ versions, producer: { name: "rnn-text", version }, graph, metadata });
}
