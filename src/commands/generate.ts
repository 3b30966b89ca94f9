/** @file `rnn generate`: a checkpoint and a prompt in, new text out. */
import { UsageError } from "../errors.js";
import { checkpointOptions, engineOptions, outputOptions, samplingOptions } from "../options.js";
import { freshSeed } from "../random.js";
import { unknownId } from "../text/tokenizer.js";
import { command } from "./command.js";

export default command({
  usage: "generate [text]",
  describe: "Write new text.",
  reads: "a checkpoint; the prompt from the command line, or from standard input where it is -",
  writes: "the prompt and what the network makes of it, as it is made; with --json a line of JSON for each text",
  options: { ...checkpointOptions, ...samplingOptions, ...outputOptions, ...engineOptions },
  examples: [
    ['rnn generate --prompt "Once"', "from the newest checkpoint that writes, else the bundled storyteller"],
    ["rnn generate -c fables -t 0.5 --length 2000 --seed 7", "likelier words; the same text at each call"],
    ["rnn generate --samples 5 --stop $'\\n'", "five lines"],
  ],
  handler: async ({ checkpoint, prompt, json, seed, ...options }, { words }) => {
    if (prompt !== undefined && words.length > 0)
      throw new UsageError("the prompt is given twice: as a word and as --prompt");
    const { terminal } = await import("../terminal/terminal.js");
    const { readInput } = await import("../terminal/input.js");
    const { tellChoice } = await import("../terminal/choice.js");
    const { findModel, loadModel } = await import("../model.js");
    const { generate } = await import("../sampling/generate.js");
    const { textsOf, linesOf } = await import("../terminal/samples.js");
    const found = await findModel(checkpoint, "generator");
    tellChoice(found);
    const given = prompt ?? words.join(" ");
    const text = given === "-" ? (await readInput()).replace(/\r?\n$/, "") : given; // the newline ends the input, not the prompt
    const model = await loadModel(found.folder, options);
    const unknown = model.tokenizer.encode(text).filter((id) => id === unknownId).length;
    if (unknown > 0) terminal.warn(`${unknown} of the prompt's tokens are unknown to ${found.folder}`);
    const pieces = generate(model, {
      ...options,
      prompt: text,
      seed: seed ?? freshSeed(),
    });
    await terminal.stream(json ? linesOf(pieces) : textsOf(pieces));
  },
});
