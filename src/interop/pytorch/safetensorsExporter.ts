/** @file Exports a network for PyTorch and other programs that read safetensors: the weights as in a checkpoint, the spec, vocabulary.json and a PyTorch module. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors } from "../../checkpoint/safetensors.js";
import type { Network } from "../../network/network.js";
import { packageFolder } from "../../common/packageFolder.js";
import type { ExportedFiles, Exporter } from "../exporters.js";
import { type Vocabulary, vocabularyFile, vocabularyOf, vocabularyText } from "../tokenizerJson/exportedVocabulary.js";

const moduleFile = join(packageFolder, "src/interop/pytorch/model.py");

export const safetensors: Exporter = {
  describe: "model.safetensors, and model.py, a PyTorch module that reads it",
  files: (model) => safetensorsFiles(model.network, vocabularyOf(model)),
};

/** The exported files. @param vocabulary how tokens, numbers and labels map to the network's inputs and outputs */
export async function safetensorsFiles(network: Network, vocabulary: Vocabulary): Promise<ExportedFiles> {
  return {
    "model.safetensors": Buffer.concat(encodeSafetensors(network.values())),
    "spec.json": `${JSON.stringify(network.spec, null, 2)}\n`,
    [vocabularyFile]: vocabularyText(vocabulary),
    "model.py": await readFile(moduleFile, "utf8"),
  };
}
