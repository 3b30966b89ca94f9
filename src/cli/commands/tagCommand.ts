/** @file `rnn tag`: predicts a tag for each word of sentences. */
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, tagOptions } from "../../options/options.js";
import { command } from "./command.js";

const { format: tagFormat } = formatOptions("tsv", "conllu", "jsonl");

export default command({
  usage: "tag [files..]",
  describe: "Tag the words of sentences, for example with parts of speech.",
  reads: "a sentence per line, or CoNLL-U and CoNLL files, recognized by their contents; a checkpoint of a tagger",
  writes: "word<TAB>tag, and an empty line after each sentence; or CoNLL-U; or an object per sentence",
  options: { ...checkpointOptions, ...tagOptions, format: { ...tagFormat, aliases: ["output"] }, ...engineOptions },
  examples: [
    ['echo "The dog barks." | rnn tag', "with the newest tagger"],
    ["rnn tag -c ewt sentences.conllu --format conllu", "a CoNLL-U file with its tags replaced"],
  ],
  handler: async ({ checkpoint, inputFormat, encoding, format, ...engine }, { words: files }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { tagText } = await import("../../render/tagsText.js");
    const { sentencesFrom } = await import("../../inference/tagging/sentenceReader.js");
    const { tag } = await import("../../inference/tagging/tag.js");
    const model = await openModel(checkpoint, "tagger", engine);
    const named = files.length > 0 ? files : ["-"];
    const sentences = sentencesFrom(named, model.tokenizer, { inputFormat, encoding }, standardInput);
    const column = model.recipe.tagColumn === "xpos" ? "xpos" : "upos";
    const { counted, Unanswered } = await import("../terminal/streamResults.js");
    const unanswered = new Unanswered();
    const tagged = counted(unanswered.in(tag(model, sentences)), "sentences");
    await terminal.stream(tagText(tagged, { output: format, column }));
    unanswered.check();
  },
});
