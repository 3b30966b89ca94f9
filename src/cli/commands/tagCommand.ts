/** @file `rnn tag`: sentences in, a tag for each word out. */
import { checkpointOptions, engineOptions, outputOptions, tagOptions } from "../../options/options.js";
import { command } from "./command.js";

export default command({
  usage: "tag [files..]",
  describe: "Tag each word of sentences, as with its part of speech.",
  reads:
    "a sentence a line from files or standard input, cut into words as the tagger's corpus has them; CoNLL-U files (.conllu); a checkpoint",
  writes:
    "word<TAB>tag, and an empty line after each sentence; CoNLL-U with --format conllu; an object a sentence with --json",
  options: { ...checkpointOptions, ...tagOptions, ...outputOptions, ...engineOptions },
  examples: [
    ['echo "The dog barks." | rnn tag', "with the newest checkpoint that tags"],
    ["rnn tag -c ewt sentences.conllu --format conllu", "the tags of a file put in place"],
  ],
  handler: async ({ checkpoint, inputFormat, encoding, format, json, ...engine }, { words: files, given }) => {
    const { UsageError } = await import("../../common/errors.js");
    if (json && given.format !== undefined) throw new UsageError("--json and --format each say how to write: give one");
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { tagText } = await import("../../render/tagsText.js");
    const { sentencesFrom } = await import("../../inference/tagging/sentenceReader.js");
    const { tag } = await import("../../inference/tagging/tag.js");
    const model = await openModel(checkpoint, "tagger", engine);
    const named = files.length > 0 ? files : ["-"];
    const sentences = sentencesFrom(named, model.tokenizer, { inputFormat, encoding }, standardInput);
    const column = model.recipe.tagColumn ?? "upos";
    await terminal.stream(tagText(tag(model, sentences), { output: json ? "jsonl" : format, column }));
  },
});
