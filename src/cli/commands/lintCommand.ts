/** @file `rnn lint`: finds faults of a labeled corpus. */
import { UsageError } from "../../common/errors.js";
import { formatOptions } from "../../options/optionKinds.js";
import { lintOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "lint [corpus..]",
  reads: "a corpus of labeled texts, as `rnn train` does",
  writes: "what looks wrong in it, most important first, with file and line; the exit code is 0 with findings too",
  options: { ...lintOptions, ...formatOptions("text", "json") },
  examples: [
    ["rnn lint corpora/reviews.csv", "before training on it"],
    ["rnn lint train.csv --test test.csv", "also texts of the test file that are in the corpus"],
    ["rnn lint mail.csv --json | jq '.suspects[] | [.line, .suggested]'", "for programs"],
  ],
  handler: async ({ format, top }, { given, words: corpus }) => {
    if (corpus.length === 0)
      throw new UsageError("the corpus is missing; name one, as in `rnn lint corpora/reviews.csv`");
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { lint } = await import("../../library/corpusLint.js");
    const { lintText } = await import("../../render/lintText.js");
    const { format: _format, top: _top, ...options } = given;
    const found = await lint(corpus, { ...options, standardInput });
    await terminal.write(
      format === "json" ? `${JSON.stringify(found, null, 2)}\n` : lintText(found, top, terminal.outputWidth()),
    );
  },
});
