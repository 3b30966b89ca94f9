/** @file A tag for each word of sentences: `node tag.mjs "The dog barks ."`, or `import { tag } from "./tag.mjs"`. */
import { answers, open, softmax, wordsFor } from "./model.mjs";

const opened = await open();
const { vocabulary, encode } = opened;
const { spelling } = vocabulary;
const letters = new Map(spelling?.tokens.map((character, id) => [character, id + 1])); // from 1; 0 is no character

/** A word's characters, the first and the last so many of a long one, padded behind. */
function spelt(word) {
  const ids = Array.from(word, (character) => letters.get(character) ?? 1);
  const { ends } = spelling;
  const read = ids.length > 2 * ends ? [...ids.slice(0, ends), ...ids.slice(-ends)] : ids;
  return [...read, ...Array(2 * ends - read.length).fill(0)];
}

/**
 * Of each sentence its words' tags, with their probabilities.
 * @param sentences arrays of words, marks apart, as a treebank has them: `rnn tag` cuts plain text itself, this does not
 */
export function tag(sentences) {
  const rows = sentences.map((words) => words.map((word) => encode(word.trim().replaceAll(/\s+/gu, "_"))[0] ?? 0));
  const said = answers(opened, rows, spelling && sentences.map((words) => words.map(spelt)));
  return sentences.map((words, row) =>
    words.map((_, step) => {
      const probabilities = softmax(said[row][step]);
      const probability = Math.max(...probabilities);
      return { tag: vocabulary.labels[probabilities.indexOf(probability)], probability };
    }),
  );
}

for (const sentence of wordsFor(import.meta.url)) {
  const words = sentence.trim().split(/\s+/u);
  for (const [at, { tag: name }] of tag([words])[0].entries()) console.log(`${words[at]}\t${name}`);
  console.log();
}
