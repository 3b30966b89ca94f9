/** @file Writes src/engine/kernelBackend/signatures.ts from src/kernels/signatures.def: `node scripts/signatures.mjs`. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";

const definitions = fileURLToPath(new URL("../src/kernels/signatures.def", import.meta.url));
const output = fileURLToPath(new URL("../src/engine/kernelBackend/signatures.ts", import.meta.url));

/** The kind of argument that each macro of signatures.def declares, as TypeScript names it. REQUIRE declares none. */
const kinds = {
  CELL: "cell",
  COUNT: "count",
  FLAG: "flag",
  SEED: "seed",
  SCALAR: "scalar",
  FLOATS: "floats",
  MAYBE_FLOATS: "floats?",
  INDICES: "indices",
  MAYBE_INDICES: "indices?",
  RESULT: "result",
  MAYBE_RESULT: "result?",
  POSITIONS: "positions",
  DOUBLES: "doubles",
  UNIFORMS: "uniforms",
  FLOATS_LIST: "floats[]",
  RESULT_LIST: "result[]",
};

const camelCase = (name) => name.replaceAll(/_([a-z\d])/g, (_, letter) => letter.toUpperCase());

/**
 * Each kernel's arguments and their kinds, in order.
 * @param {string} text of signatures.def
 * @returns {Record<string, Record<string, string>>}
 * @throws {Error} for a macro without a kind
 */
export function signaturesOf(text) {
  const code = text.replaceAll(/\/\*[^]*?\*\//g, "");
  const kernels = code.split(/^KERNEL\(/m).slice(1);
  return Object.fromEntries(
    kernels.map((kernel) => {
      const name = kernel.slice(0, kernel.indexOf(","));
      const macros = [...kernel.matchAll(/\b([A-Z][A-Z_]+)\((\w+)/g)].filter(
        ([, macro]) => macro !== "REQUIRE" && macro !== "NULL",
      );
      const unknown = macros.find(([, macro]) => !Object.hasOwn(kinds, macro));
      if (unknown) throw new Error(`scripts/signatures.mjs has no kind for the macro ${unknown[1]} of signatures.def`);
      return [
        camelCase(name),
        Object.fromEntries(macros.map(([, macro, argument]) => [camelCase(argument), kinds[macro]])),
      ];
    }),
  );
}

/** The text of signatures.ts. @returns {Promise<string>} */
export async function signaturesSource() {
  const signatures = signaturesOf(readFileSync(definitions, "utf8"));
  const source = `/** @file Each kernel's arguments and their kinds. Generated from src/kernels/signatures.def by scripts/signatures.mjs: do not edit. */
export const signatures = ${JSON.stringify(signatures)} as const;
`;
  return format(source, { ...(await resolveConfig(output)), parser: "typescript" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(output, await signaturesSource());
