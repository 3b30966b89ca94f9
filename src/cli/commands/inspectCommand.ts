/** @file `rnn inspect`: what a checkpoint is. */
import { checkpointOptions, outputOptions } from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "inspect [checkpoint]",
  describe: "Show what a checkpoint is: its network, corpus, options, history and score.",
  reads: "a checkpoint",
  writes: "a page for people, or checkpoint.json itself with --json",
  options: { ...checkpointOptions, ...outputOptions },
  examples: [
    ["rnn inspect", "the newest checkpoint"],
    ["rnn inspect storyteller --json | jq .metrics", "for programs"],
  ],
  handler: async ({ checkpoint, json }, { words: [name] }) => {
    const { terminal } = await import("../terminal/terminal.js");
    const { tellChoice } = await import("../terminal/checkpointChoice.js");
    const { findModel } = await import("../../model/model.js");
    const { inspection } = await import("../../render/inspectionText.js");
    const wanted = name ?? checkpoint;
    const found = await findModel(wanted, tasks);
    if (!json) tellChoice(found);
    await terminal.write(
      json ? `${JSON.stringify(found.document, null, 2)}\n` : inspection(found.folder, found.document),
    );
  },
});
