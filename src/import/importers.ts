/** @file Every importer once, and which one a file is for. */
import { UserError } from "../errors.js";
import type { ImporterName } from "../names.js";
import type { Importers } from "./found.js";
import { pytorch } from "./pytorch.js";

export const importers: Importers = { pytorch };

const startsWith = (bytes: Uint8Array, ...signature: number[]): boolean =>
  signature.every((byte, index) => bytes[index] === byte);

const zipSignature = [0x50, 0x4b, 3, 4];

/** By what the file begins with. @throws UserError for what is not read, with what to do instead */
export function importerOf(bytes: Uint8Array, place: string): ImporterName {
  const isSafetensors = bytes[8] === "{".charCodeAt(0); // after the length of its header, which may begin with any byte
  if (!isSafetensors && (startsWith(bytes, 0x80) || startsWith(bytes, ...zipSignature))) {
    throw new UserError(
      `${place} is a Python pickle, which could run any program as it is read; save its weights as safetensors instead: python -c 'import torch; from safetensors.torch import save_file; save_file({name: weight.clone() for name, weight in torch.load("model.pt", weights_only=True).items()}, "model.safetensors")'`,
    );
  }
  return "pytorch";
}
