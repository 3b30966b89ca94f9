/** @file `rnn generate`: a checkpoint and a prompt in, new text out. */
import { UsageError } from "../../common/errors.js";
import { samplerOptions } from "../../inference/generation/samplers.js";
import { camelCase } from "../../options/option.js";
import { checkpointOptions, engineOptions, outputOptions, samplingOptions } from "../../options/options.js";
import { unknownId } from "../../tokenizers/specialTokens.js";
import { command } from "./command.js";

/** These have no effect with --logprobs, which draws no tokens. */
const { prompt: _prompt, logprobs: _logprobs, ...drawOptions } = { ...samplingOptions, ...samplerOptions };

export default command({
  usage: "generate [text]",
  describe: "Write new text.",
  reads: "a checkpoint; the prompt from the command line, or from standard input where it is -",
  writes:
    "the prompt and what the network makes of it, as it is made; with --logprobs a line for each token of the prompt: token<TAB>next<TAB>probability…; with --json a line of JSON for each",
  options: { ...checkpointOptions, ...samplingOptions, ...samplerOptions, ...outputOptions, ...engineOptions },
  examples: [
    ['rnn generate --prompt "Once"', "from the newest checkpoint that writes, else the bundled storyteller"],
    ["rnn generate -c fables -t 0.5 --max-tokens 2000 --seed 7", "likelier words; the same text at each call"],
    ["rnn generate --num-samples 5 --stop $'\\n'", "five lines"],
    ['rnn generate --prompt "Once upon" --logprobs 5', "what the network expects after each token"],
  ],
  handler: async ({ checkpoint, prompt, json, logprobs, ...options }, { words, given: asked }) => {
    if (prompt !== undefined && words.length > 0)
      throw new UsageError("the prompt is given twice, as a word and as --prompt; remove one of them");
    const unused = Object.keys(drawOptions).find((name) => camelCase(name) in asked);
    if (logprobs !== undefined && unused !== undefined)
      throw new UsageError(`--${unused} has no effect with --logprobs, which generates no text; remove one of them`);
    const { terminal } = await import("../terminal/terminal.js");
    const { readInput } = await import("../terminal/input.js");
    const { openModel } = await import("../openModel.js");
    const { generate } = await import("../../inference/generation/generate.js");
    const { textsOf, linesOf } = await import("../../render/samplesText.js");
    const given = prompt ?? words.join(" ");
    const text = given === "-" ? (await readInput()).replace(/\r?\n$/, "") : given; // the newline ends the input, not the prompt
    const model = await openModel(checkpoint, "generator", options);
    const unknown = model.tokenizer.encode(text).filter((id) => id === unknownId).length;
    if (unknown > 0) terminal.warn(`${unknown} of the prompt's tokens are not in the vocabulary of ${model.folder}`);
    if (logprobs !== undefined) {
      const inference = await import("../../inference/generation/logprobs.js");
      const { nextTokensText } = await import("../../render/tokensText.js");
      return terminal.stream(nextTokensText(inference.logprobs(model, text, logprobs), { json }));
    }
    const pieces = generate(model, { ...options, prompt: text });
    return terminal.stream(json ? linesOf(pieces) : textsOf(pieces));
  },
});
