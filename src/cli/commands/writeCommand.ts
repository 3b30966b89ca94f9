/** @file `rnn write`: a page in the terminal, and under it what a model would write next. */
import { basename } from "node:path";
import { UsageError, UserError } from "../../common/errors.js";
import { engineOptions, writingOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "write [file]",
  reads: "a text to go on with, or none; checkpoints of generators; keys, on a terminal",
  writes: "the file, and beside it FILE.transcript.jsonl: who wrote which words",
  options: { ...writingOptions, ...engineOptions },
  examples: [
    ["rnn write", "a new text, with the newest generator, else the bundled storyteller"],
    ["rnn write tale.txt -c fables", "go on with a file"],
    ["rnn write -c fables -c letters --weights 2,1", "two models, mixed"],
  ],
  handler: async (
    { checkpoint: checkpoints = [undefined], temperature, choices, weights, noTranscript, ...engine },
    { words: [file = null] },
  ) => {
    if (!process.stdin.isTTY || !process.stdout.isTTY || process.env["TERM"] === "dumb")
      throw new UserError("write needs a terminal for keys and a screen; without one, use rnn generate");
    const { mostModels } = await import("../terminal/writing/writingState.js");
    if (checkpoints.length > mostModels)
      throw new UsageError(`expected at most ${mostModels} checkpoints, got ${checkpoints.length}`);
    const shares = weights ?? checkpoints.map(() => 1);
    if (shares.length !== checkpoints.length)
      throw new UsageError(
        `--weights has ${shares.length} numbers for ${checkpoints.length} models; give one for each --checkpoint`,
      );
    const { openText, emptyText } = await import("../terminal/writing/writingFiles.js");
    const opened = file === null ? emptyText() : await openText(file);
    const { openModel } = await import("../openModel.js");
    const { SuggestionSession } = await import("../../inference/suggestions/suggestionSession.js");
    const { writeTogether } = await import("../terminal/writing/writingProgram.js");
    const models = [];
    for (const checkpoint of checkpoints) models.push(await openModel(checkpoint, "generator", engine));
    const session = new SuggestionSession(models.map((model, index) => ({ model, weight: shares[index]! })));
    const names = models.map(({ folder }) => basename(folder));
    const settings = { temperature, choices, weights: shares };
    return writeTogether({ session, models: names, settings, file, opened, transcript: !noTranscript });
  },
});
