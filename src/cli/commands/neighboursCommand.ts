/** @file `rnn neighbours`: lists the tokens with the most similar embeddings. */
import { formatOptions } from "../../options/optionKinds.js";
import { checkpointOptions, engineOptions, neighborOptions } from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "neighbours [words..]",
  reads: "words, from standard input if none is given; a checkpoint",
  writes: "word<TAB>neighbor<TAB>cosine similarity, most similar first",
  options: { ...checkpointOptions, ...neighborOptions, ...formatOptions("tsv", "jsonl"), ...engineOptions },
  examples: [
    ["rnn neighbours good bad -c critic", "ten of each"],
    ["rnn neighbours --top 3 < words.txt", "for a list of words"],
  ],
  handler: async ({ checkpoint, top, format, ...engine }, { words }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { textModel } = await import("../../model/rebuild.js");
    const { neighborFinder } = await import("../../inference/vectors/embeddings.js");
    const { neighborText } = await import("../../render/tokensText.js");
    const { goodLines } = await import("../../corpus/decoding/textDecoding.js");
    const model = textModel(await openModel(checkpoint, tasks, engine));
    const neighborsOf = neighborFinder(model, top);
    let unknown = 0;
    const input = words.length > 0 ? words : goodLines({ name: "standard input", bytes: standardInput }, "utf-8");
    const answers = async function* () {
      for await (const line of input) {
        const word = line.trim();
        const neighbors = word === "" ? null : neighborsOf(word);
        if (neighbors) yield neighborText(word, neighbors, { json: format === "jsonl" });
        else if (word !== "") {
          unknown++;
          terminal.warn(`${model.folder} has no token ${word}`);
        }
      }
    };
    await terminal.stream(answers());
    return unknown > 0 && words.length === unknown ? 1 : 0;
  },
});
