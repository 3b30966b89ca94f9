/** @file Tags the words of sentences: `node tag.mjs "The dog barks ."`, or `import { tag } from "./tag.mjs"`. */
import { logitsOf, open, softmax, argumentsFor } from "./model.mjs";

const opened = await open();
const { vocabulary, encode } = opened;
const { spelling } = vocabulary;
const letters = new Map(spelling?.tokens.map((character, id) => [character, id + 1])); // from 1; 0 is padding

/** The ids of a word's characters, padded at the end; of a long word the first and the last ones. */
function charactersOf(word) {
  const ids = Array.from(word, (character) => letters.get(character) ?? 1);
  const { ends } = spelling;
  const read = ids.length > 2 * ends ? [...ids.slice(0, ends), ...ids.slice(-ends)] : ids;
  return [...read, ...Array(2 * ends - read.length).fill(0)];
}

/**
 * The tag of each word of each sentence, with its probability.
 * @param sentences arrays of words and punctuation marks, as in a treebank; plain text is not split into words, as `rnn tag` does
 */
export function tag(sentences) {
  const rows = sentences.map((words) => words.map((word) => encode(word.trim().replaceAll(/\s+/gu, "_"))[0] ?? 0));
  const logits = logitsOf(opened, rows, spelling && sentences.map((words) => words.map(charactersOf)));
  return sentences.map((words, row) =>
    words.map((_, step) => {
      const probabilities = softmax(logits[row][step]);
      const probability = Math.max(...probabilities);
      return { tag: vocabulary.labels[probabilities.indexOf(probability)], probability };
    }),
  );
}

for (const sentence of argumentsFor(import.meta.url)) {
  const words = sentence.trim().split(/\s+/u);
  for (const [index, { tag: name }] of tag([words])[0].entries()) console.log(`${words[index]}\t${name}`);
  console.log();
}
