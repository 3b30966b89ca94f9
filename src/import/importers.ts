/** @file Every importer once, and which one a file is for. */
import { UserError } from "../errors.js";
import type { ImporterName } from "../names.js";
import type { Importers } from "./found.js";
import { keras } from "./keras.js";
import { pytorch } from "./pytorch.js";

export const importers: Importers = { pytorch, keras };

const startsWith = (bytes: Uint8Array, ...signature: number[]): boolean =>
  signature.every((byte, index) => bytes[index] === byte);

const zipSignature = [0x50, 0x4b, 3, 4];

const hdf5Signature = [0x89, 0x48, 0x44, 0x46];

/** Whether a zip archive's directory, which stands at its end, has the model of a .keras file in it. */
const isKeras = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes("config.json");

/** By what the file begins with. @throws UserError for what is not read, with what to do instead */
export function importerOf(bytes: Uint8Array, place: string): ImporterName {
  const isSafetensors = bytes[8] === "{".charCodeAt(0); // after the length of its header, which may begin with any byte
  if (startsWith(bytes, ...zipSignature) && isKeras(bytes)) return "keras";
  if (startsWith(bytes, ...hdf5Signature)) {
    throw new UserError(
      `${place} holds Keras weights alone, which do not say how its layers work: save the whole model as .keras, by model.save("model.keras")`,
    );
  }
  if (!isSafetensors && (startsWith(bytes, 0x80) || startsWith(bytes, ...zipSignature))) {
    throw new UserError(
      `${place} is a Python pickle, which could run any program as it is read; save its weights as safetensors instead: python -c 'import torch; from safetensors.torch import save_file; save_file({name: weight.clone() for name, weight in torch.load("model.pt", weights_only=True).items()}, "model.safetensors")'`,
    );
  }
  return "pytorch";
}
