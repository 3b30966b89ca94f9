/** @file `rnn inspect`: shows the contents of a checkpoint. */
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions } from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "inspect [checkpoint]",
  reads: "a checkpoint",
  writes: "a summary, or checkpoint.json with --json",
  options: { ...checkpointOptions, ...formatOptions("text", "json") },
  examples: [
    ["rnn inspect", "the newest checkpoint"],
    ["rnn inspect storyteller --json | jq .metrics", "for programs"],
  ],
  handler: async ({ checkpoint, format }, { words: [name] }) => {
    const json = format === "json";
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
