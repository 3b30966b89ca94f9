/** @file `rnn doctor`: the compute backends of this machine, their speeds, and advice for a faster one. */
import type { BackendName } from "../../common/names.js";
import { formatOptions } from "../../options/optionKinds.js";
import { engineOptions } from "../../options/options.js";
import { command } from "./command.js";

/** Seconds for all measurements together. */
const measuredSeconds = 2;

export default command({
  usage: "doctor",
  reads: "nothing",
  writes: "the backends with their speeds, and how to get a faster one",
  options: { ...engineOptions, ...formatOptions("text", "json") },
  examples: [["rnn doctor", "after an install"]],
  handler: async ({ format, ...engine }) => {
    const { terminal } = await import("../terminal/terminal.js");
    const { createBar } = await import("../terminal/progressBar.js");
    const { duration } = await import("../../render/numberText.js");
    const { doctor } = await import("../../library/cellTools.js");
    const { diagnosis } = await import("../../render/doctorText.js");
    const bar = createBar();
    const onMeasure = (name: BackendName, index: number, available: readonly BackendName[]): void =>
      bar.show(() => ({
        head: `measuring ${name}`,
        fraction: index / available.length,
        parts: [
          { rank: 2, text: `of ${available.join(", ")}` },
          { rank: 1, text: `${duration(measuredSeconds * (1 - index / available.length))} left` },
        ],
      }));
    const report = await doctor({ ...engine, seconds: measuredSeconds, onMeasure }).finally(() => bar.close());
    await terminal.write(diagnosis(report, { json: format === "json", width: terminal.outputWidth() }));
  },
});
