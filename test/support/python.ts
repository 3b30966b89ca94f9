/** @file Python, where the environment variable RNN_PYTHON names one: for comparing with what others made. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const python = process.env["RNN_PYTHON"] ?? "python3";

/** Whether Python has all of the packages; says so where it does not. */
export function pythonHas(...packages: string[]): boolean {
  const { status } = spawnSync(python, ["-c", `import ${packages.join(", ")}`]);
  if (status !== 0) console.warn(`tests are skipped: ${python} has not all of ${packages.join(", ")}; see RNN_PYTHON`);
  return status === 0;
}

/**
 * What a script of test/export/ prints as JSON, given JSON.
 * @throws Error with what it complained about
 */
export function runPython(script: string, input: unknown): unknown {
  const path = fileURLToPath(new URL(`../export/${script}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [path], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return JSON.parse(stdout);
}
