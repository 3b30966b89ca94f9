/** @file `rnn remove`: deletes a checkpoint. */
import { UsageError } from "../../common/errors.js";
import { formatOptions } from "../../options/optionKinds.js";
import { command } from "./command.js";

export default command({
  usage: "remove [checkpoint]",
  reads: "the name of the checkpoint; a bundled one cannot be removed",
  writes: "the deleted folder; files in it that rnn did not write stay",
  options: formatOptions("text", "json"),
  examples: [["rnn remove fables", "deletes checkpoints/fables"]],
  handler: async ({ format }, { words: [name] }) => {
    if (name === undefined) throw new UsageError("the checkpoint is missing; name one, as in `rnn remove fables`");
    const { terminal } = await import("../terminal/terminal.js");
    const { removeCheckpoint } = await import("../../checkpoint/checkpoint.js");
    const removed = await removeCheckpoint(name);
    const { folder, kept } = removed;
    if (kept.length > 0) terminal.warn(`${folder} stays, with files that rnn did not write: ${kept.join(", ")}`);
    await terminal.write(format === "json" ? `${JSON.stringify(removed)}\n` : `removed ${folder}\n`);
  },
});
