/** @file `rnn doctor`: what computes here, and what would make it faster. */
import { engineOptions, outputOptions } from "../options.js";
import { command } from "./command.js";

export default command({
  usage: "doctor",
  describe: "Show what computes here: backends, threads, instruction set, versions, and what would make it faster.",
  reads: "nothing",
  writes: "a page for people, or JSON",
  options: { ...engineOptions, ...outputOptions },
  examples: [["rnn doctor", "after an install"]],
  handler: async ({ json, ...engine }) => {
    const { terminal } = await import("../terminal/terminal.js");
    const { startEngine } = await import("../model.js");
    const { describeBackends } = await import("../engine/backend.js");
    const { diagnosis } = await import("../terminal/diagnosis.js");
    await startEngine(engine);
    await terminal.write(diagnosis(describeBackends(), { json }));
  },
});
