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
    const { chooseCheckpoint } = await import("../openModel.js");
    const { findCheckpoint } = await import("../../checkpoint/checkpoint.js");
    const { inspection } = await import("../../render/inspectionText.js");
    const choose = json ? findCheckpoint : chooseCheckpoint; // a program that reads JSON needs no note
    const found = await choose(name ?? checkpoint, tasks);
    await terminal.write(
      json
        ? `${JSON.stringify(found.document, null, 2)}\n`
        : inspection(found.folder, found.document, terminal.outputWidth()),
    );
  },
});
