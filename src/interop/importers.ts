/** @file The import formats: the type of an importer, the table of all, and how the format of a file is detected. */
import { UserError } from "../common/errors.js";
import type { ImporterName, Task } from "../common/names.js";
import type { SpecOf } from "../network/layers/layer.js";
import type { LayerSpec, Spec } from "../network/spec.js";
import type { Values } from "./importing/importedValues.js";
import { keras } from "./keras/kerasImporter.js";
import { pytorch } from "./pytorch/pytorchImporter.js";

/** name: of the layer in the file; weights: by the names of the layer's weights in `rnn`. */
export type ImportedLayer = { name: string; spec: LayerSpec; weights: Record<string, Values> };

/** kernel: [width, outputs], null if it is the embedding's table; bias: [outputs]. */
export type ImportedHead = { name: string; kernel: Values | null; bias: Values };

/**
 * A network as an importer reads it, with weights in the layout of `rnn`.
 * steps: the number of steps that it reads, if the file stores it.
 * definedBy: where the pooling and activation are stored, where no option is needed for them, for messages.
 */
export type ImportedNetwork = { layers: ImportedLayer[]; head: ImportedHead; steps?: number; definedBy?: string };

/** What a network is imported for, and what its file does not store. */
export type ImportTarget = {
  task: Task;
  /** The tokens of the file, or the numbers of a row. */
  reads: { vocabulary: number } | { width: number };
  /** Number of outputs of the head. */
  outputs: number;
  /** The pooling over the steps; null for an output at each step. */
  pooling: SpecOf<"pooling"> | null;
  /** The spec of a checkpoint; used instead of the imported one if they differ in dropout only. */
  like: Spec | null;
  /** Whether the activation of a plain recurrent layer is ReLU. */
  relu: boolean;
};

export type Importer = {
  /** One line about the format, for messages. */
  describe: string;
  /**
   * @param source name of the file in messages
   * @throws UserError for a damaged file and for parts that cannot be imported, with the name of the array
   */
  read: (
    bytes: Uint8Array<ArrayBuffer>,
    source: string,
    target: ImportTarget,
  ) => ImportedNetwork | Promise<ImportedNetwork>;
};

export const importers: { [Name in ImporterName]: Importer } = { pytorch, keras };

const startsWith = (bytes: Uint8Array, ...signature: number[]): boolean =>
  signature.every((byte, index) => bytes[index] === byte);

const zipSignature = [0x50, 0x4b, 3, 4];

const hdf5Signature = [0x89, 0x48, 0x44, 0x46];

/** Whether a zip archive contains a file of that name: its directory stores names uncompressed. */
const zipContains = (bytes: Uint8Array, name: string): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(name);

/** The format of a file, by its first bytes. @throws UserError for other formats, with the way to convert the file */
export function importerFor(bytes: Uint8Array, source: string): ImporterName {
  const isSafetensors = bytes[8] === "{".charCodeAt(0); // after the length of the header
  const isZip = !isSafetensors && startsWith(bytes, ...zipSignature);
  if (isZip && zipContains(bytes, "config.json")) return "keras";
  if (startsWith(bytes, ...hdf5Signature)) {
    throw new UserError(
      `${source} contains Keras weights without their layers; save the whole model, with model.save("model.keras")`,
    );
  }
  if (!isSafetensors && (startsWith(bytes, 0x80) || (isZip && zipContains(bytes, "data.pkl")))) {
    throw new UserError(
      `${source} is a Python pickle, which can run any program when it is loaded; save its weights as safetensors: python -c 'import torch; from safetensors.torch import save_file; save_file({name: weight.clone() for name, weight in torch.load("model.pt", weights_only=True).items()}, "model.safetensors")'`,
    );
  }
  if (isSafetensors) return "pytorch";
  const problem =
    bytes.length === 0 ? "is empty" : `is neither safetensors nor a .keras file${isZip ? ", but another zip" : ""}`;
  throw new UserError(
    `${source} ${problem}; save the weights of a PyTorch network with save_file of safetensors.torch, or a Keras model with model.save("model.keras")`,
  );
}
