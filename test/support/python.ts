/** @file Python (RNN_PYTHON, or python3) for comparisons with other frameworks. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { thorough } from "./thorough.js";

export const python = process.env["RNN_PYTHON"] ?? "python3";

/** Whether to compare with these Python packages: under `npm run test:all`, if they are installed. */
export function pythonHas(...packages: string[]): boolean {
  if (!thorough) return false;
  const { status } = spawnSync(python, ["-c", `import ${packages.join(", ")}`]);
  if (status !== 0)
    console.warn(`tests are skipped: ${python} does not have all of ${packages.join(", ")}; see RNN_PYTHON`);
  return status === 0;
}

/**
 * Runs a script of test/interop/ with JSON on standard input.
 * @returns the JSON that it prints
 * @throws Error with its standard error
 */
export function runPython(script: string, input: unknown): unknown {
  const path = fileURLToPath(new URL(`../interop/${script}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [path], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return JSON.parse(stdout);
}
