/** @file `rnn doctor`: what computes here and how fast, and what would be faster. */
import { engineOptions, outputOptions } from "../../options/options.js";
import { command } from "./command.js";

/** For all backends together. */
const measuredSeconds = 2;

export default command({
  usage: "doctor",
  describe: "Show what computes here and how fast, what else could, and the command that gets it.",
  reads: "nothing",
  writes: "a page for people, or JSON",
  options: { ...engineOptions, ...outputOptions },
  examples: [["rnn doctor", "after an install"]],
  handler: async ({ json, ...engine }) => {
    const { terminal } = await import("../terminal/terminal.js");
    const { startEngine } = await import("../../model/model.js");
    const { describeBackends } = await import("../../engine/backends/index.js");
    const { measureBackends } = await import("../../experiments/backendSpeeds.js");
    const { diagnosis } = await import("../../render/doctorText.js");
    const active = await startEngine(engine);
    const here = describeBackends().backends.filter(({ missing }) => missing === null);
    const speeds = await measureBackends(
      here.map(({ name }) => name),
      measuredSeconds,
      active,
    );
    await terminal.write(diagnosis(describeBackends(), speeds, { json }));
  },
});
