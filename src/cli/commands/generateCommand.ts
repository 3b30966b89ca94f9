/** @file `rnn generate`: generates text after a prompt. */
import { agreeing, quantity } from "../../common/quantity.js";
import { UsageError } from "../../common/errors.js";
import { samplerOptions } from "../../inference/generation/samplerChoice.js";
import type { Citation } from "../../inference/copying/citation.js";
import type { Piece } from "../../inference/generation/generate.js";
import type { GenerationOptions } from "../../inference/generation/generationSettings.js";
import type { TextModel } from "../../model/model.js";
import type { TextOptions } from "../../options/corpusOptions.js";
import { camelCase, inGroup, type Values } from "../../options/option.js";
import { flag, formatOptions, text } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, samplingOptions } from "../../options/options.js";
import { unknownId } from "../../tokenizers/specialTokens.js";
import { command } from "./command.js";

/** These have no effect with --logprobs, which draws no tokens. */
const { prompt: _prompt, logprobs: _logprobs, ...drawOptions } = { ...samplingOptions, ...samplerOptions };

export default command({
  usage: "generate [prompt]",
  reads:
    "a checkpoint of a generator; the prompt, from standard input if it is -, or if there is none and a pipe or file is there",
  writes:
    "the prompt and the text after it; with --prompts a line for each; with --logprobs token<TAB>next<TAB>probability… for each token",
  options: {
    ...checkpointOptions,
    ...samplingOptions,
    ...inGroup("Sampling", samplerOptions),
    ...inGroup("Sampling", {
      prompts: {
        ...text("FILE"),
        describe: "generate a text after each line of a file, or of standard input (-), one line for each",
      },
    }),
    ...formatOptions("text", "jsonl"),
    ...inGroup("Output", {
      "no-prompt": { ...flag, describe: "print the texts without their prompt" },
      quiet: { ...flag, advanced: true, describe: "print no notes on stderr, such as the seed" },
    }),
    ...engineOptions,
  },
  examples: [
    ['rnn generate "Once"', "with the newest generator, else the bundled storyteller"],
    ["rnn generate --prompts names.txt --lines 1 --json", "a text after each line, with its log probability"],
    ["rnn generate -c fables --temperature 0.8 --max-tokens 2000 --seed 7", "the same text each time"],
    ['rnn generate --num-samples 5 --stop "\\n"', "five lines"],
    ["rnn generate --form acrostic=FOX", "three lines that begin with f, o and x"],
    ['rnn generate "Once upon" --logprobs 5', "the five most probable next tokens"],
    ["head -n 3 tale.txt | rnn generate", "after the lines of a pipe"],
  ],
  handler: async (
    { checkpoint, prompt, format, logprobs, prompts, noPrompt, quiet, cite, ...options },
    { words, given: asked },
  ) => {
    if (prompt !== undefined && words.length > 0)
      throw new UsageError("the prompt is given twice, as a word and as --prompt; remove one of them");
    if (prompts !== undefined && (prompt ?? words[0]) !== undefined)
      throw new UsageError("--prompts has the prompts, so that no other can be given; remove one of them");
    const unused = Object.keys({ ...drawOptions, prompts, "no-prompt": noPrompt }).find(
      (name) => camelCase(name) in asked,
    );
    if (logprobs !== undefined && unused !== undefined)
      throw new UsageError(`--${unused} has no effect with --logprobs, which generates no text; remove one of them`);
    if (cite && prompts !== undefined) throw new UsageError("--cite has no effect with --prompts; remove one of them");
    if (cite && quiet && format === "text")
      throw new UsageError(
        "--cite has no effect with --quiet, which prints no notes; remove one of them, or add --json",
      );
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { isCheckpoint } = await import("../../checkpoint/checkpoint.js");
    if (quiet) terminal.silenceNotes();
    const model = await openModel(checkpoint, "generator", options);
    if (checkpoint === undefined && words[0] !== undefined && (await isCheckpoint(words[0])))
      terminal.warn(`${words[0]} is a checkpoint; to generate with it, use -c ${words[0]}`);
    if (prompts !== undefined) {
      const layout = { json: format === "jsonl", prompts: !noPrompt };
      return generateLines(model, prompts, await drawSettings(model, options, asked), layout);
    }
    const start = await promptOf(prompt ?? words[0]);
    const unknown = model.tokenizer.encode(start).filter((id) => id === unknownId).length;
    if (unknown > 0)
      terminal.warn(
        `${quantity(unknown, "tokens")} of the prompt ${agreeing(unknown, "is", "are")} not in the vocabulary of ${model.folder}`,
      );
    if (logprobs !== undefined) {
      const inference = await import("../../inference/generation/logprobs.js");
      const { nextTokensText } = await import("../../render/tokensText.js");
      return terminal.stream(nextTokensText(inference.logprobs(model, start, logprobs), { json: format === "jsonl" }));
    }
    const settings = await drawSettings(model, options, asked);
    const { generatePieces } = await import("../../inference/generation/generatePieces.js");
    const { textsOf, linesOf, withoutPrompts } = await import("../../render/samplesText.js");
    const pieces = generatePieces(model, { ...settings, prompt: start }, await promptProgress(start));
    const shown = noPrompt ? withoutPrompts(pieces) : pieces;
    if (!cite) return terminal.stream(format === "jsonl" ? linesOf(shown) : textsOf(shown));
    const { citationsOf } = await import("../../inference/copying/citation.js");
    const citationsIn = (texts: readonly string[]): Promise<Citation[]> =>
      citationsOf(model, noPrompt ? texts : texts.map((one) => one.slice(start.length)));
    if (format === "jsonl") return terminal.stream(linesOf(shown, citationsIn));
    const { citationText } = await import("../../render/memorizationText.js");
    const texts: string[] = [];
    await terminal.stream(textsOf(collected(shown, texts)));
    const citations = await citationsIn(texts);
    for (const [index, citation] of citations.entries())
      terminal.note(`${citations.length > 1 ? `text ${index + 1}: ` : ""}${citationText(citation)}`);
  },
});

/** The pieces, whose texts are added up. @param texts by sample, which are written */
async function* collected(pieces: AsyncIterable<Piece>, texts: string[]): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    texts[piece.sample] = (texts[piece.sample] ?? "") + piece.text;
    yield piece;
  }
}

/** A line is a prompt, whatever it looks like. */
const plainText: TextOptions = {
  inputFormat: "text",
  encoding: "auto",
  textColumn: undefined,
  delimiter: undefined,
  quote: undefined,
  noHeader: false,
};

type DrawOptions = Omit<Values<typeof drawOptions>, "cite">;
type DrawSettings = Omit<GenerationOptions, "prompt">;

/** The options of the draws, with a seed, which a note names if it is a new one. @throws UserError as `constraintsOf` */
async function drawSettings(
  model: TextModel,
  options: DrawOptions,
  given: Partial<DrawOptions>,
): Promise<DrawSettings> {
  const { terminal } = await import("../terminal/terminal.js");
  const { freshSeed } = await import("../../common/random.js");
  const { samplers: samplerOrder, novel, form, pattern, logitBias, ...others } = options;
  const { maxTokens, wholeWords } = given; // their defaults depend on other options
  const { temperature, random, seed } = given.beams === undefined ? options : given; // a beam search has none of them
  const constraints = await constraintsIn(model, { novel, form, pattern, lines: others.lines });
  const bias = logitBias && Object.fromEntries(logitBias);
  const settings = { ...others, ...constraints, maxTokens, wholeWords, samplerOrder, random, logitBias: bias };
  const drawn = { ...settings, seed, temperature: samplerOrder ? given.temperature : temperature };
  if (given.beams !== undefined || seed !== undefined || temperature === 0 || maxTokens === 0) return drawn;
  const fresh = freshSeed();
  terminal.note(`seed: ${fresh}`);
  return { ...drawn, seed: fresh };
}

/** What the options say of the tokens that may follow; the code for it is loaded where one of them is given. */
async function constraintsIn(
  model: TextModel,
  options: Pick<DrawOptions, "novel" | "form" | "pattern" | "lines">,
): Promise<Pick<DrawSettings, "constraint" | "lines">> {
  const { novel, form, pattern, lines } = options;
  if (novel === undefined && form === undefined && pattern === undefined) return { lines };
  const { constraintsOf } = await import("../../inference/textConstraints.js");
  return constraintsOf(model, options);
}

/** Generates texts after the lines of a file. @throws UserError at the end if a line could not be read */
async function generateLines(
  model: TextModel,
  file: string,
  settings: DrawSettings,
  layout: { json: boolean; prompts: boolean },
): Promise<void> {
  const { terminal } = await import("../terminal/terminal.js");
  const { standardInput } = await import("../terminal/input.js");
  const { counted, Unanswered } = await import("../terminal/streamResults.js");
  const { textEntries } = await import("../../corpus/readTexts.js");
  const { generateEach } = await import("../../inference/generation/generateEach.js");
  const { textLines } = await import("../../render/samplesText.js");
  const unanswered = new Unanswered();
  const lines = textEntries([file], plainText, standardInput);
  const texts = unanswered.in(generateEach(model, lines, settings));
  await terminal.stream(textLines(counted(texts, "texts"), layout));
  unanswered.check();
}

/** Smaller prompts are read in no time. */
const longPrompt = 1 << 14; // characters

/** Shows how much of a long prompt is read. */
async function promptProgress(prompt: string): Promise<((read: number, tokens: number) => void) | undefined> {
  if (prompt.length < longPrompt) return undefined;
  const { createBar } = await import("../terminal/progressBar.js");
  const bar = createBar();
  return (read, tokens) => {
    if (read === tokens) bar.close();
    else bar.show(() => ({ head: "reading the prompt", fraction: read / tokens, parts: [] }));
  };
}

/** The given prompt, or the one on standard input; the newline at its end ends the input, not the prompt. */
async function promptOf(given: string | undefined): Promise<string> {
  if (given !== undefined && given !== "-") return given;
  const { inputSent, readInput } = await import("../terminal/input.js");
  const { terminal } = await import("../terminal/terminal.js");
  const sent = given === "-" ? await readInput() : await inputSent();
  const prompt = sent?.replace(/\r?\n$/, "") ?? "";
  if (given === undefined && prompt !== "")
    terminal.note(`prompt: ${quantity(prompt.length, "characters")} from standard input`);
  return prompt;
}
