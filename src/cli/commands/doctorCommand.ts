/** @file `rnn doctor`: the compute backends of this machine, their speeds, and advice for a faster one. */
import { formatOptions } from "../../options/optionKinds.js";
import { engineOptions } from "../../options/options.js";
import { command } from "./command.js";

/** Seconds for all measurements together. */
const measuredSeconds = 2;

export default command({
  usage: "doctor",
  describe: "Show which compute backends work here and how fast they are.",
  reads: "nothing",
  writes: "the backends with their speeds, and how to get a faster one",
  options: { ...engineOptions, ...formatOptions("text", "json") },
  examples: [["rnn doctor", "after an install"]],
  handler: async ({ format, ...engine }) => {
    const { terminal } = await import("../terminal/terminal.js");
    const { createBar } = await import("../terminal/progressBar.js");
    const { duration } = await import("../../render/numberText.js");
    const { startEngine } = await import("../../model/model.js");
    const { describeBackends } = await import("../../engine/backends/index.js");
    const { measureBackends } = await import("../../experiments/backendSpeeds.js");
    const { diagnosis } = await import("../../render/doctorText.js");
    const active = await startEngine(engine);
    const available = describeBackends().backends.filter(({ missing }) => missing === null);
    const names = available.map(({ name }) => name);
    const bar = createBar();
    const speeds = await measureBackends(names, measuredSeconds, active, (name, index) =>
      bar.show(() => ({
        head: `measuring ${name}`,
        fraction: index / names.length,
        parts: [
          { rank: 2, text: `of ${names.join(", ")}` },
          { rank: 1, text: `${duration(measuredSeconds * (1 - index / names.length))} left` },
        ],
      })),
    ).finally(() => bar.close());
    await terminal.write(
      diagnosis(describeBackends(), speeds, { json: format === "json", width: terminal.outputWidth() }),
    );
  },
});
