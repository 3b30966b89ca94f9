/** @file Small texts to learn from: one to write like, some to label. */

const animals = ["fox", "hare", "goat", "owl", "crow", "mole"];
const things = ["ladder", "bell", "basket", "lamp", "kettle", "coat"];
const good = ["lovely", "warm", "helpful", "sturdy", "cheerful"];
const bad = ["broken", "dull", "rude", "flimsy", "sour"];

/** Lines of a like kind, each ending in a newline. */
export const tale = (lines: number): string =>
  Array.from({ length: lines }, (_, line) => {
    const [animal, thing] = [animals[line % 6]!, things[Math.floor(line / 2) % 6]!];
    return `the ${animal} took the ${thing} and walked home.\n`;
  }).join("");

/** Texts whose words tell their label, in turn. */
export const opinions = (count: number): { text: string; label: string }[] =>
  Array.from({ length: count }, (_, index) => {
    const words = index % 2 === 0 ? good : bad;
    const [first, second] = [words[index % 5]!, words[Math.floor(index / 3) % 5]!];
    const pair = Math.floor(index / 2); // the same things are said of both
    const text = `the ${things[pair % 6]!} was ${first}, and the ${animals[pair % 5]!} was ${second}`;
    return { text, label: index % 2 === 0 ? "praise" : "blame" };
  });

export const csvOf = (rows: { text: string; label: string }[]): string =>
  ["text,label", ...rows.map(({ text, label }) => `"${text}",${label}`)].join("\n") + "\n";
