/** @file @tensorflow/tfjs-node, which may not be there: why it cannot be had, and loading it without a word on the terminal. */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { messageOf, UserError } from "../../../common/errors.js";

const load = createRequire(import.meta.url);
const name = "@tensorflow/tfjs-node";

/** tfjs-node 4.22, the last there is, calls functions that Node lacks from here on. */
const firstNodeWithout = 23;

/** Why it cannot be had, and what to do about it; null where nothing is missing. It looks at files alone: loading takes a second. */
export const missing = (): string | null => missingFor(process.versions.node, packageFolder());

/** @param node its version @param folder of tfjs-node; null where it is not installed */
export function missingFor(node: string, folder: string | null): string | null {
  if (Number.parseInt(node, 10) >= firstNodeWithout)
    return `${name} 4.22 breaks on Node ${firstNodeWithout} and newer, and this is Node ${node}: run it on Node 22`;
  if (folder === null) return `${name} is not installed: run npm install --no-save ${name}@4.22`;
  if (hasBinding(folder) && hasLibrary(folder)) return null;
  return `${name} is installed, but not the library that its installation downloads: run npm rebuild ${name}, or, where that cannot reach it, scripts/tensorflow-from-wheel.mjs, which takes Python's`;
}

function packageFolder(): string | null {
  try {
    return dirname(load.resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

const filesOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

const hasBinding = (folder: string): boolean =>
  filesOf(join(folder, "lib")).some((version) => existsSync(join(folder, "lib", version, "tfjs_binding.node")));

/** On Windows it lies beside the binding. */
const hasLibrary = (folder: string): boolean =>
  process.platform === "win32" ||
  filesOf(join(folder, "deps/lib")).some(
    (file) => file.startsWith("libtensorflow") && existsSync(join(folder, "deps/lib", file)), // not a link to nothing
  );

/**
 * Loads it, which makes the backend `tensorflow` known to TF.js.
 * @param threads that share an operation's work: TensorFlow reads it once
 * @throws UserError where it does not load
 */
export function loadPeer(threads: number): void {
  const settings = {
    TF_CPP_MIN_LOG_LEVEL: "3", // errors become exceptions anyway
    TF_ENABLE_ONEDNN_OPTS: "0", // it announces itself on stderr whatever the level, and is no faster here
  };
  for (const [setting, value] of Object.entries(settings)) process.env[setting] ??= value;
  process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined; // it calls what Node has deprecated, which is no news to whoever uses rnn
  try {
    load(name);
    const util = load("node:util") as Record<"isArray" | "isNullOrUndefined", (value: unknown) => boolean>;
    for (const deprecated of [util.isArray, util.isNullOrUndefined]) deprecated(null); // Node warns at the first call only
  } catch (error) {
    throw new UserError(`${name} does not load: ${messageOf(error).split("\n")[0]}; choose another backend`);
  } finally {
    process.emitWarning = emitWarning;
  }
}
