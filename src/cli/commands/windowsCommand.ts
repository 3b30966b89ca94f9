/** @file `rnn windows`: shows the training windows of a text. */
import { quantity } from "../../common/quantity.js";
import { corpusOptions } from "../../options/corpusOptions.js";
import { formatOptions } from "../../options/optionKinds.js";
import { windowOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "windows [file]",
  reads: "a corpus, as `rnn train` does, or standard input",
  writes: "tokens<TAB>next token, one line for each window",
  options: { ...windowOptions, ...corpusOptions, ...formatOptions("tsv", "jsonl") },
  examples: [
    ['echo "I went to the beach with my dog" | rnn windows --sequence-length 5', "three windows of five words"],
    ['echo "I went to the beach" | rnn windows --prefixes', "all prefixes, padded at the front"],
  ],
  handler: async ({ sequenceLength, prefixes, format, ...options }, { words: [file = "-"] }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openTexts } = await import("../../corpus/corpus.js");
    const { trainTokenizer } = await import("../../tokenizers/tokenize.js");
    const { windowsOf } = await import("../../examples/textWindows.js");
    const { windowText } = await import("../../render/tokensText.js");
    const corpus = await openTexts(file, options, standardInput);
    const tokenizer = await trainTokenizer(corpus, options);
    const counts = { windows: 0 };
    await terminal.stream(
      windowText(windowsOf(corpus, tokenizer, { steps: sequenceLength, prefixes }), counts, {
        json: format === "jsonl",
      }),
    );
    if (counts.windows === 0)
      terminal.note(`no windows: a text needs more than ${quantity(prefixes ? 1 : sequenceLength, "tokens")}`);
  },
});
