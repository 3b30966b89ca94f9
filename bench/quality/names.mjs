/**
 * @file Writes made-up names, one a line, of syllables by rules of our own: node bench/quality/names.mjs [COUNT] [SEED].
 * Consonants and vowels alternate, endings depend on the last vowel, and one name in eight has two parts joined by a hyphen.
 */
const [count = 2000, seed = 1] = process.argv.slice(2).map(Number);

let state = seed >>> 0;
/** Mulberry32: uniform in [0, 1). */
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const pick = (choices) => choices[Math.floor(random() * choices.length)];

const onsets = [
  "b",
  "br",
  "d",
  "dr",
  "f",
  "g",
  "h",
  "j",
  "k",
  "kr",
  "l",
  "m",
  "n",
  "p",
  "r",
  "s",
  "sh",
  "t",
  "th",
  "v",
];
const vowels = ["a", "a", "e", "e", "i", "o", "u", "ae", "ia", "ou"];
const codas = ["", "", "", "l", "n", "r", "s", "nd", "rk"];
const endings = {
  a: ["n", "ra", "lin"],
  e: ["l", "th", "nna"],
  i: ["s", "ra", "n"],
  o: ["n", "rin", "ld"],
  u: ["s", "m", "lf"],
};

const name = () => {
  const syllables = Array.from(
    { length: 1 + Math.floor(random() * 3) },
    () => pick(onsets) + pick(vowels) + pick(codas),
  );
  const last = pick(onsets) + pick(vowels);
  const word = syllables.join("") + last + pick(endings[last.at(-1)]);
  return word[0].toUpperCase() + word.slice(1);
};

const names = new Set();
while (names.size < count) names.add(random() < 1 / 8 ? `${name()}-${name()}` : name());
console.log([...names].join("\n"));
