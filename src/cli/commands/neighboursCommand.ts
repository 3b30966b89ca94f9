/** @file `rnn neighbours`: a word in, the words nearest to it out. */
import { checkpointOptions, engineOptions, neighbourOptions, outputOptions } from "../../options/options.js";
import { tasks } from "../../common/names.js";
import { command } from "./command.js";

export default command({
  usage: "neighbours [words..]",
  describe: "List the tokens whose vectors are nearest to a word's.",
  reads: "words from the command line, or a word a line from standard input; a checkpoint",
  writes: "a line for each neighbour, nearest first: word<TAB>neighbour<TAB>cosine; with --json a line for each word",
  options: { ...checkpointOptions, ...neighbourOptions, ...outputOptions, ...engineOptions },
  examples: [
    ["rnn neighbours good bad -c critic", "ten of each"],
    ["rnn neighbours --top 3 < words.txt", "of a list"],
  ],
  handler: async ({ checkpoint, top, json, ...engine }, { words }) => {
    const { standardInput } = await import("../terminal/input.js");
    const { terminal } = await import("../terminal/terminal.js");
    const { openModel } = await import("../openModel.js");
    const { textModel } = await import("../../model/rebuild.js");
    const { neighborFinder } = await import("../../inference/vectors/embeddings.js");
    const { neighbourText } = await import("../../render/tokensText.js");
    const { readLines } = await import("../../corpus/textDecoding.js");
    const model = textModel(await openModel(checkpoint, tasks, engine));
    const neighboursOf = neighborFinder(model, top);
    let unknown = 0;
    const input = words.length > 0 ? words : readLines({ name: "standard input", bytes: standardInput }, "utf-8");
    const answers = async function* () {
      for await (const line of input) {
        const word = line.trim();
        const neighbours = word === "" ? null : neighboursOf(word);
        if (neighbours) yield neighbourText(word, neighbours, { json });
        else if (word !== "") {
          unknown++;
          terminal.warn(`${model.folder} does not know ${word} as one token`);
        }
      }
    };
    await terminal.stream(answers());
    return unknown > 0 && words.length === unknown ? 1 : 0;
  },
});
