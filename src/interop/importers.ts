/** @file Every importer once, and which one a file is for. */
import { UserError } from "../common/errors.js";
import type { ImporterName } from "../common/names.js";
import type { Importers } from "./importing/found.js";
import { keras } from "./keras/kerasImporter.js";
import { pytorch } from "./pytorch/pytorchImporter.js";

export const importers: Importers = { pytorch, keras };

const startsWith = (bytes: Uint8Array, ...signature: number[]): boolean =>
  signature.every((byte, index) => bytes[index] === byte);

const zipSignature = [0x50, 0x4b, 3, 4];

const hdf5Signature = [0x89, 0x48, 0x44, 0x46];

/** Whether a zip archive tells of a file of that name; its names stand in it as they are. */
const tellsOf = (bytes: Uint8Array, name: string): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(name);

/** By what the file begins with. @throws UserError for what is not read, with what to do instead */
export function importerOf(bytes: Uint8Array, place: string): ImporterName {
  const isSafetensors = bytes[8] === "{".charCodeAt(0); // after the length of its header, which may begin with any byte
  const isZip = !isSafetensors && startsWith(bytes, ...zipSignature);
  if (isZip && tellsOf(bytes, "config.json")) return "keras";
  if (startsWith(bytes, ...hdf5Signature)) {
    throw new UserError(
      `${place} holds Keras weights alone, which do not say how its layers work: save the whole model as .keras, by model.save("model.keras")`,
    );
  }
  if (!isSafetensors && (startsWith(bytes, 0x80) || (isZip && tellsOf(bytes, "data.pkl")))) {
    throw new UserError(
      `${place} is a Python pickle, which could run any program as it is read; save its weights as safetensors instead: python -c 'import torch; from safetensors.torch import save_file; save_file({name: weight.clone() for name, weight in torch.load("model.pt", weights_only=True).items()}, "model.safetensors")'`,
    );
  }
  if (isSafetensors) return "pytorch";
  const what =
    bytes.length === 0 ? "is empty" : `is neither safetensors nor a .keras file${isZip ? ", but another zip" : ""}`;
  throw new UserError(
    `${place} ${what}: save weights of PyTorch by save_file of safetensors.torch, a model of Keras by model.save("model.keras")`,
  );
}
