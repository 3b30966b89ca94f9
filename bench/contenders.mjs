/** @file Who takes part: ours, and its peers with the work that each can do. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** RNN_PEERS names a Python that has the peers; else it is the one of peers/setup.sh. */
const python = process.env.RNN_PEERS ?? path("peers/venv/bin/python");
const pythonMissing = existsSync(python)
  ? null
  : "bench/peers/setup.sh installs it, or RNN_PEERS names a Python that has it";
const script = (name) => ({ command: [python, path(`peers/${name}`)], missing: pythonMissing });

/** The package may be there without its binding, whose download it lives on. */
function tfjsNodeMissing() {
  try {
    const manifest = createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json");
    if (existsSync(join(dirname(manifest), "lib/napi-v8/tfjs_binding.node"))) return null;
    return "its installation could not download its native addon";
  } catch {
    return "npm install @tensorflow/tfjs-node, an optional dependency";
  }
}

/**
 * @typedef {object} Contender
 * @property {string[]} command its program and arguments, before the row's
 * @property {string | null} missing why it cannot be started
 * @property {import("./rows.mjs").Work[]} [works] absent: all
 */

/** @type {Contender} */
export const ours = { command: [process.execPath, path("ours.mjs")], missing: null };

/** @type {Record<string, Contender>} */
export const peers = {
  pytorch: script("torch_lm.py"),
  keras: { ...script("keras_lm.py"), works: ["train", "train-labels", "label"] },
  "tfjs-node": {
    command: [process.execPath, path("peers/tfjs_node.mjs")],
    missing: tfjsNodeMissing(),
    works: ["train"],
  },
  onnxruntime: { ...script("onnxruntime_lm.py"), works: ["label", "generate"] },
};
