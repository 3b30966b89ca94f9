/** @file A folder with an input of each kind, a small tagger and exported weights. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inputs } from "./inputs.mjs";
import { rnn } from "./tools.mjs";

/** Options of a training that takes no time. */
export const tiny = ["--epochs", "1", "--units", "4", "--embedding", "4", "--threads", "1"];

/** The labels of the inputs, as the bundled checkpoint `critic` has them. */
export const criticLabels = ["--label-map", "good=positive,bad=negative"];

const words = Array.from({ length: 8 }, (_, row) => `w${row}\tT${row % 2}`).join("\n");

/** @throws Error if a command fails that must not */
export async function prepareFolder(folder) {
  for (const [name, content] of Object.entries(inputs)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, "tags.conll"), `${words}\n\n`.repeat(40));
  for (const argv of [
    ["train", "tags.conll", ...tiny, "--out", "tagger"],
    ["train", "table.csv", ...tiny, "--out", "small"],
    ["export", "critic", "--to", "safetensors", "--out", "weights"],
    ["export", "small", "--to", "safetensors", "--out", "torch"],
    ["export", "small", "--to", "keras", "--out", "keras"],
  ]) {
    const { code, stderr } = await rnn(argv, { cwd: folder });
    if (code !== 0) throw new Error(`rnn ${argv.join(" ")}: ${stderr}`);
  }
}
