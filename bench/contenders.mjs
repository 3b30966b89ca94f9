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
 * @property {Partial<Record<import("./rows.mjs").Work, string[]>>} commands its program and arguments for each work that it can do
 * @property {string | null} missing why it cannot be started
 * @property {(task: object) => object} [variation] what it is given in place of the row's task
 */

/** @param {import("./rows.mjs").Work[]} works @param {string[]} command */
const each = (works, command) => Object.fromEntries(works.map((work) => [work, command]));

/** @param {string} name of its program @param {import("./rows.mjs").Work[]} works @returns {Contender} */
const inPython = (name, works) => ({ commands: each(works, [python, path(`peers/${name}`)]), missing: pythonMissing });
const inNode = (name, works) => each(works, [process.execPath, path(name)]);

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

/** Ours in another way, or without what is ours, for the rows that name one. @type {Record<string, Contender>} */
export const variations = {
  "one-thread": { ...ours, variation: (task) => ({ ...task, threads: 1 }) },
  "bare-node": { ...ours, variation: (task) => ({ ...task, shape: {} }) },
  fp32: { ...ours, variation: (task) => ({ ...task, shape: { ...task.shape, precision: undefined } }) },
};

/**
 * Who does a row, ours first.
 * @param {import("./rows.mjs").Row} row
 * @param {{ withPeers: boolean, others: Record<string, Contender> }} choice others: by name, beside ours in every row
 * @returns {Record<string, Contender>}
 */
export function contendersOf({ work, beside }, { withPeers, others }) {
  const named = beside ?? (withPeers ? Object.keys(peers) : []);
  const chosen = named
    .filter((name) => name in variations || withPeers)
    .map((name) => [name, { ...peers, ...variations }[name]]);
  const all = { ours, ...others, ...Object.fromEntries(chosen) };
  return Object.fromEntries(Object.entries(all).filter(([, { commands }]) => commands[work]));
}
