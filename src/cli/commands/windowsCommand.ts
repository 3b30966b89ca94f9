/** @file `rnn windows`: a text in, the windows that a network would learn from out. */
import { corpusOptions, outputOptions, windowOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "windows [file]",
  describe: "Show the n-gram windows of a text: some tokens, and the one that follows them.",
  reads: "a file as `rnn train` does, or standard input",
  writes: "a line for each window: its tokens<TAB>the next token",
  options: { ...windowOptions, ...corpusOptions, ...outputOptions },
  examples: [
    ['echo "I went to the beach with my dog" | rnn windows --sequence-length 5', "three windows of five words"],
    ['echo "I went to the beach" | rnn windows --sequence-length 5 --prefixes', "all beginnings, padded in front"],
  ],
  handler: async ({ sequenceLength, prefixes, json, ...options }, { words: [file = "-"] }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openTexts } = await import("../../corpus/corpus.js");
    const { learnTokenizer } = await import("../../tokenizers/tokenize.js");
    const { windowsOf } = await import("../../examples/textWindows.js");
    const { windowText } = await import("../../render/tokensText.js");
    const corpus = await openTexts(file, options, standardInput);
    const tokenizer = await learnTokenizer(corpus, options);
    const counts = { windows: 0 };
    await terminal.stream(
      windowText(windowsOf(corpus, tokenizer, { steps: sequenceLength, prefixes }), counts, { json }),
    );
    if (counts.windows === 0)
      terminal.note(`no windows: a text needs more than ${prefixes ? 1 : sequenceLength} tokens`);
  },
});
