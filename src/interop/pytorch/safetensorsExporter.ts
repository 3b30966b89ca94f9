/** @file A network for PyTorch, or any program that reads safetensors: the weights as a checkpoint has them, what they are the weights of, and a module. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors } from "../../checkpoint/safetensors.js";
import type { Network } from "../../network/network.js";
import { packageFolder } from "../../common/packageFolder.js";
import type { Exporter, Files } from "../exporter.js";
import { type Vocabulary, vocabularyFile, vocabularyOf, vocabularyText } from "../tokenizerJson/exportedVocabulary.js";

const moduleFile = join(packageFolder, "src/interop/pytorch/model.py");

export const safetensors: Exporter = {
  describe: "model.safetensors, and model.py, a PyTorch module that reads it",
  files: (model) => safetensorsFiles(model.network, vocabularyOf(model)),
};

/** @param vocabulary what the network's inputs and outputs mean */
export async function safetensorsFiles(network: Network, vocabulary: Vocabulary): Promise<Files> {
  return {
    "model.safetensors": Buffer.concat(encodeSafetensors(network.values())),
    "spec.json": `${JSON.stringify(network.spec, null, 2)}\n`,
    [vocabularyFile]: vocabularyText(vocabulary),
    "model.py": await readFile(moduleFile, "utf8"),
  };
}
