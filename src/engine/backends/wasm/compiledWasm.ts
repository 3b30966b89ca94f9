/** @file The cells and the signatures that are compiled into kernels.wasm, with C's names. */
import type { Instance } from "./wasmInstance.js";

/** recurrentForward → recurrent_forward */
export const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Each kernel's arguments and their kinds, as compiled in, with JavaScript's names. */
export function compiledSignatures(instance: Instance): Record<string, Record<string, string>> {
  const lines = signatureLines(instance).slice(1);
  return Object.fromEntries(
    lines.map(([name, ...parameters]) => [
      camelCase(name!),
      Object.fromEntries(parameters.map((parameter) => camelCase(parameter).split(":"))),
    ]),
  );
}

/** The cells in the order of their numbers. */
export const cellsOf = (instance: Instance): string[] => signatureLines(instance)[0]!.slice(1);

const signatureLines = ({ exports, memory }: Instance): string[][] =>
  memory
    .text(exports.signatures())
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));
