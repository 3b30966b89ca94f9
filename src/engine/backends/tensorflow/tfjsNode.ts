/** @file The optional package @tensorflow/tfjs-node: checks whether it can be used, and loads it without terminal output. */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { messageOf, UserError } from "../../../common/errors.js";

const load = createRequire(import.meta.url);
const name = "@tensorflow/tfjs-node";

/** tfjs-node 4.22, its last version, calls functions that this version of Node removed. */
const firstUnsupportedNode = 23;

/** The reason why it cannot be used, and the next step; null if it can be used. It only looks for files, because loading takes a second. */
export const missing = (): string | null => missingFor(process.versions.node, packageFolder());

/** @param node the version of Node @param folder of tfjs-node; null if it is not installed */
export function missingFor(node: string, folder: string | null): string | null {
  if (Number.parseInt(node, 10) >= firstUnsupportedNode)
    return `${name} 4.22 breaks on Node ${firstUnsupportedNode} and newer, and this is Node ${node}: run it on Node 22`;
  if (folder === null) return `${name} is not installed: run npm install --no-save ${name}@4.22`;
  if (hasBinding(folder) && hasLibrary(folder)) return null;
  return `${name} is installed without the library that its installation downloads: run npm rebuild ${name}, or scripts/tensorflow-from-wheel.mjs, which uses Python's tensorflow-cpu`;
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

/** On Windows the library is next to the binding. */
const hasLibrary = (folder: string): boolean =>
  process.platform === "win32" ||
  filesOf(join(folder, "deps/lib")).some(
    (file) => file.startsWith("libtensorflow") && existsSync(join(folder, "deps/lib", file)), // not a link to nothing
  );

/**
 * Loads tfjs-node, which registers the backend `tensorflow` with TF.js.
 * @param threads of an op; TensorFlow reads the number once
 * @throws UserError if it does not load
 */
export function loadTfjsNode(threads: number): void {
  const settings = {
    TF_CPP_MIN_LOG_LEVEL: "3", // errors become exceptions
    TF_ENABLE_ONEDNN_OPTS: "0", // oneDNN prints to stderr at any log level, and is no faster here
  };
  for (const [setting, value] of Object.entries(settings)) process.env[setting] ??= value;
  process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined; // tfjs-node calls deprecated functions of Node
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
