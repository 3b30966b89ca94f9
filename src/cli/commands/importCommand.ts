/** @file `rnn import`: weights that another program trained in, a checkpoint out. */
import { UsageError } from "../../common/errors.js";
import { refuseUselessOf } from "../../options/option.js";
import { importOptions, outputOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "import [file]",
  describe: "Make a checkpoint of weights that PyTorch or Keras trained.",
  reads:
    "safetensors of a PyTorch state dict, or a .keras file; and what says which tokens and labels are meant, a checkpoint or a vocabulary",
  writes: "a checkpoint folder; what was found on stderr, the folder's path on stdout",
  options: { ...importOptions, ...outputOptions },
  examples: [
    ["rnn import big.safetensors --like fables --out checkpoints/big", "trained elsewhere on the corpus of fables"],
    ["rnn import lm.safetensors --vocabulary tokens.json", "then `rnn generate`"],
    ["rnn import critic.keras --vocabulary tokens.json --labels negative,positive", "then `rnn classify`"],
  ],
  handler: async ({ json, ...options }, { given, words: [file] }) => {
    if (file === undefined) throw new UsageError("name the file of weights, as in `rnn import model.safetensors`");
    refuseUselessOf(importOptions, given, options);
    const { terminal } = await import("../terminal/terminal.js");
    const { importModel } = await import("../../interop/importModel.js");
    const { importJson, importSummary } = await import("../../interop/importSummary.js");
    const imported = await importModel(file, options);
    for (const line of importSummary(imported, terminal.noteWidth())) terminal.note(line);
    await terminal.write(json ? importJson(imported) : `${imported.folder}\n`);
  },
});
