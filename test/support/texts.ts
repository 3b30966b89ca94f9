/** @file Small corpora: a text for generators, labeled texts for classifiers. */

const animals = ["fox", "hare", "goat", "owl", "crow", "mole"];
const things = ["ladder", "bell", "basket", "lamp", "kettle", "coat"];
const good = ["lovely", "warm", "helpful", "sturdy", "cheerful"];
const bad = ["broken", "dull", "rude", "flimsy", "sour"];

/** Similar lines, each with a newline at its end. */
export const tale = (lines: number): string =>
  Array.from({ length: lines }, (_, line) => {
    const [animal, thing] = [animals[line % 6]!, things[Math.floor(line / 2) % 6]!];
    return `the ${animal} took the ${thing} and walked home.\n`;
  }).join("");

/** Texts whose words determine their label; labels alternate. */
export const opinions = (count: number): { text: string; label: string }[] =>
  Array.from({ length: count }, (_, index) => {
    const words = index % 2 === 0 ? good : bad;
    const [first, second] = [words[index % 5]!, words[Math.floor(index / 3) % 5]!];
    const pair = Math.floor(index / 2); // both labels have the same nouns
    const text = `the ${things[pair % 6]!} was ${first}, and the ${animals[pair % 5]!} was ${second}`;
    return { text, label: index % 2 === 0 ? "praise" : "blame" };
  });

export const csvOf = (rows: { text: string; label: string }[]): string =>
  ["text,label", ...rows.map(({ text, label }) => `"${text}",${label}`)].join("\n") + "\n";
