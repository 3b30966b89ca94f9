/** @file `rnn list`: lists the checkpoints in ./checkpoints and the bundled ones. */
import { formatOptions } from "../../options/optionKinds.js";
import { command } from "./command.js";

export default command({
  usage: "list",
  reads: "./checkpoints",
  writes: "a row for each checkpoint: name, task, corpus, score, size and date",
  options: formatOptions("text", "json"),
  examples: [
    ["rnn list", "newest first"],
    ["rnn list --json | jq -r '.[].name'", "for programs"],
  ],
  handler: async ({ format }) => {
    const { terminal } = await import("../terminal/terminal.js");
    const { listCheckpoints } = await import("../../checkpoint/checkpoint.js");
    const { checkpointsTable } = await import("../../render/checkpointsText.js");
    const checkpoints = await listCheckpoints();
    await terminal.write(
      format === "json" ? `${JSON.stringify(checkpoints)}\n` : checkpointsTable(checkpoints, terminal.outputWidth()),
    );
  },
});
