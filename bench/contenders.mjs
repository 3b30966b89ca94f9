/** @file The contenders: this project's programs, those of other frameworks (the peers), and the kinds of work that each supports. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The Python that has the peers: RNN_PEERS, or the one that peers/setup.sh installs. */
export const python = process.env.RNN_PEERS ?? path("peers/venv/bin/python");
const pythonMissing = existsSync(python)
  ? null
  : "not installed; run bench/peers/setup.sh, or set RNN_PEERS to a Python that has the packages";

/** Why tfjs-node cannot run, or null. The package may be installed without its native addon, which it downloads. */
function tfjsNodeMissing() {
  try {
    const manifest = createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json");
    if (existsSync(join(dirname(manifest), "lib/napi-v8/tfjs_binding.node"))) return null;
    return "npm could not download its native addon";
  } catch {
    return "not installed; run npm install --no-save @tensorflow/tfjs-node";
  }
}

/**
 * @typedef {object} Contender
 * @property {Partial<Record<import("./rows.mjs").Work, string[]>>} commands program and arguments for each kind of work that it supports
 * @property {string | null} missing why it cannot be started; null if it can
 * @property {(task: object) => object} [variation] changes the row's task for this contender
 */

/** @param {import("./rows.mjs").Work[]} works @param {string[]} command */
const commandFor = (works, command) => Object.fromEntries(works.map((work) => [work, command]));

/** @param {string} name the program's file @param {import("./rows.mjs").Work[]} works @returns {Contender} */
const inPython = (name, works) => ({
  commands: commandFor(works, [python, path(`peers/${name}`)]),
  missing: pythonMissing,
});
const inNode = (name, works) => commandFor(works, [process.execPath, path(name)]);

const networks = ["train", "train-labels", "label", "generate"];
const tokenizers = ["train-bpe", "encode-bpe"];

/** @type {Contender} */
export const ours = {
  commands: {
    ...inNode("ours.mjs", networks),
    ...inNode("ours-tokenizer.mjs", tokenizers),
    ...inNode("ours-process.mjs", ["start-up"]),
  },
  missing: null,
};

/** @type {Record<string, Contender>} */
export const peers = {
  pytorch: inPython("torch_lm.py", networks),
  keras: inPython("keras_lm.py", ["train", "train-labels", "label"]),
  "tfjs-node": { commands: inNode("peers/tfjs_node.mjs", ["train"]), missing: tfjsNodeMissing() },
  onnxruntime: inPython("onnxruntime_lm.py", ["label", "generate"]),
  tokenizers: inPython("hf_tokenizers.py", tokenizers),
};

/** This project's programs on a changed task, for the rows that name one in `comparedWith`. @type {Record<string, Contender>} */
export const variations = {
  "one-thread": { ...ours, variation: (task) => ({ ...task, threads: 1 }) },
  "bare-node": { ...ours, variation: (task) => ({ ...task, shape: {} }) },
  fp32: { ...ours, variation: (task) => ({ ...task, shape: { ...task.shape, precision: undefined } }) },
};

/**
 * The contenders of a row, `ours` first.
 * @param {import("./rows.mjs").Row} row
 * @param {{ withPeers: boolean, others: Record<string, Contender> }} options others: further contenders of every row, by name
 * @returns {Record<string, Contender>}
 */
export function contendersOf({ work, comparedWith }, { withPeers, others }) {
  const named = comparedWith ?? (withPeers ? Object.keys(peers) : []);
  const compared = named
    .filter((name) => name in variations || withPeers)
    .map((name) => [name, { ...peers, ...variations }[name]]);
  const all = { ours, ...others, ...Object.fromEntries(compared) };
  return Object.fromEntries(Object.entries(all).filter(([, { commands }]) => commands[work]));
}
