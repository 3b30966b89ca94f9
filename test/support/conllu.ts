/** @file CoNLL-U from words with tags, as in "The/DET dog/NOUN". */

export const conlluText = (sentences: readonly string[]): string =>
  sentences
    .map((sentence) => {
      const lines = sentence.split(" ").map((word, index) => {
        const [form, tag] = word.split("/");
        return `${index + 1}\t${form}\t_\t${tag}\t${tag!.toLowerCase()}\t_\t_\t_\t_\t_\n`;
      });
      return `# a comment\n${lines.join("")}\n`;
    })
    .join("");

const animals = ["fox", "hare", "goat", "owl", "crow", "mole"];
const verbs = ["walked", "jumped", "looked", "waited", "rested"];

/** Sentences in which each word has one tag, with all pairs of animals and verbs. */
export const simpleSentences = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, index) => `the/DET ${animals[index % 6]}/NOUN ${verbs[index % 5]}/VERB ${index % 2 ? "home/ADV " : ""}./PUNCT`,
  );
