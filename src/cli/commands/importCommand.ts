/** @file `rnn import`: makes a checkpoint from weights that another program trained. */
import { UsageError } from "../../common/errors.js";
import { refuseWithoutEffect } from "../../options/optionEffect.js";
import { formatOptions } from "../../options/optionKinds.js";
import { importOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "import [file]",
  reads: "safetensors of a PyTorch state dict, or a .keras file; a checkpoint or a vocabulary with the tokens",
  writes: "a checkpoint folder, and its path to stdout; the layers found to stderr",
  options: { ...importOptions, ...formatOptions("text", "json") },
  examples: [
    ["rnn import big.safetensors --like fables --out checkpoints/big", "trained elsewhere on the same corpus"],
    ["rnn import lm.safetensors --vocabulary tokens.json", "a generator"],
    ["rnn import critic.keras --vocabulary tokens.json --labels negative,positive", "a classifier"],
  ],
  handler: async (options, { given, words: [file] }) => {
    if (file === undefined)
      throw new UsageError("the file of weights is missing; name one, as in `rnn import model.safetensors`");
    refuseWithoutEffect(importOptions, given, options);
    const { terminal } = await import("../terminal/terminal.js");
    const { importModel } = await import("../../interop/importModel.js");
    const { importJson, importSummary } = await import("../../interop/importSummary.js");
    const imported = await importModel(file, options);
    for (const line of importSummary(imported, terminal.noteWidth())) terminal.note(line);
    await terminal.write(options.format === "json" ? importJson(imported) : `${imported.folder}\n`);
  },
});
