/** @file `rnn distill`: trains a smaller network on the probabilities of a larger one. */
import { basename } from "node:path";
import { formatOptions } from "../../options/optionKinds.js";
import { cacheOptions, checkpointOptions, distillOptions, engineOptions } from "../../options/options.js";
import { studentOptions } from "../../options/recipeOptions.js";
import type { RunEvent } from "../../training/run.js";
import { command } from "./command.js";

export default command({
  usage: "distill [checkpoint]",
  reads: "a checkpoint of a classifier or tagger, and its corpus; options that are not given are its own",
  writes: "a checkpoint of a smaller network, and its path to stdout; sizes, scores and speeds to stderr",
  options: {
    ...checkpointOptions,
    ...distillOptions,
    ...cacheOptions,
    ...studentOptions,
    ...formatOptions("text", "json"),
    ...engineOptions,
  },
  examples: [
    ["rnn distill critic --into small", "half of the units in each layer"],
    ["rnn distill critic --into tiny --units 16 --embedding 16 --quantize int8", "given sizes, 8-bit weights"],
    ["rnn distill critic --texts more.txt", "with other texts, which need no labels"],
  ],
  handler: async (_options, { given, words: [name] }) => {
    const { checkpoint, format, quantize, ...settings } = given;
    const { terminal } = await import("../terminal/terminal.js");
    const { Interruption } = await import("../terminal/input.js");
    const { withSpinner } = await import("../terminal/spinner.js");
    const { watch } = await import("../terminal/watchTraining.js");
    const { chooseCheckpoint } = await import("../openModel.js");
    const { distillationIn } = await import("../../library/distillationRuns.js");
    const { distillationFigures } = await import("../../experiments/compression/distill.js");
    const { compressionText } = await import("../../render/compressionTable.js");
    const { folder: teacher, document } = await chooseCheckpoint(name ?? checkpoint, ["classifier", "tagger"]);
    const interruption = new Interruption();
    const run = distillationIn(teacher, { ...settings, signal: interruption.signal, started: 0 });
    let folder = "";
    const code = await watch(noting(run), { interruption, isStep: true });
    if (code !== 0) {
      await terminal.write(`${folder}\n`);
      return code;
    }
    const { backend, threads } = settings;
    const figures = await withSpinner("scoring both", () =>
      distillationFigures(teacher, folder, { backend, threads, quantize: quantize !== undefined }),
    );
    const names = [basename(teacher), basename(folder)] as const;
    terminal.note(
      `\n${compressionText(figures, { task: document.task, names, width: terminal.noteWidth() }).trimEnd()}`,
    );
    await terminal.write(format === "json" ? `${JSON.stringify({ folder, ...figures }, null, 2)}\n` : `${folder}\n`);
    return 0;

    async function* noting(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
      for await (const event of events) {
        if (event.type === "begin") ({ folder } = event);
        yield event;
      }
    }
  },
});
