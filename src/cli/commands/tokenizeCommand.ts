/** @file `rnn tokenize`: shows the tokens of a text. */
import { quantity } from "../../common/quantity.js";
import { UsageError } from "../../common/errors.js";
import { corpusOptions } from "../../options/corpusOptions.js";
import { formatOptions } from "../../options/optionKinds.js";
import { tokenizeOptions } from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "tokenize [file]",
  reads: "a corpus, as `rnn train` does, or standard input",
  writes: "a line of tokens for each line of text; ▁ stands for a space in a token, ⏎ for a line break",
  options: { ...tokenizeOptions, ...corpusOptions, ...formatOptions("text", "jsonl") },
  examples: [
    ['echo "Don\'t panic, said the owl." | rnn tokenize --tokenizer words', "words and punctuation"],
    ["rnn tokenize corpora/fables.txt --tokenizer subwords --vocabulary 1000", "byte pairs, trained on the file"],
    ["rnn tokenize -c storyteller --ids < letter.txt", "token ids of a checkpoint"],
  ],
  handler: async ({ checkpoint, ids, format, ...options }, { given, words: [file = "-"] }) => {
    const useless = (["tokenizer", "vocabulary", "lowercase"] as const).find((name) => given[name] !== undefined);
    if (checkpoint !== undefined && useless)
      throw new UsageError(`--${useless} has no effect with --checkpoint ${checkpoint}; remove one of them`);
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openTexts } = await import("../../corpus/corpus.js");
    const { trainTokenizer, tokenLines } = await import("../../tokenizers/tokenize.js");
    const { tokenText } = await import("../../render/tokensText.js");
    const corpus = await openTexts(file, options, standardInput);
    const tokenizer =
      checkpoint === undefined ? await trainTokenizer(corpus, options) : await checkpointTokenizer(checkpoint);
    const counts = { tokens: 0, unknown: 0 };
    await terminal.stream(tokenText(tokenLines(corpus, tokenizer, counts), { ids, json: format === "jsonl" }));
    const { tokens, unknown } = counts;
    terminal.note(
      `${quantity(tokens, "tokens")}, ${unknown} of them unknown; vocabulary size ${tokenizer.vocabulary.length}`,
    );
  },
});

async function checkpointTokenizer(checkpoint: string) {
  const { findCheckpoint } = await import("../../checkpoint/checkpoint.js");
  const { tokenizerFrom } = await import("../../tokenizers/index.js");
  return tokenizerFrom((await findCheckpoint(checkpoint, tasks)).document.tokenizer);
}
