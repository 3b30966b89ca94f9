/**
 * @file Evaluates `rnn score --suspects` on inserted misspellings: precision and recall at several thresholds. Two baselines mark the words that
 * are not in the training text, or not in the vocabulary. Usage: node bench/quality/spelling.mjs CHECKPOINT TRAINING-TEXT TEST-TEXT [SENTENCES]
 * Texts have spaces between tokens, sentences end in " . ", .gz files are read too. Half of the sentences get one error each; the seed is fixed.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { loadModel, misspellings as findMisspellings, randomStream } from "../../dist/index.js";

const [checkpoint, training, testText, wanted = "400"] = process.argv.slice(2);
const random = randomStream(1, "spelling");
const below = (count) => Math.floor(random() * count);
const pick = (items) => items[below(items.length)];

const textOf = (path) => {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
};

/** Pairs of words that are often confused. */
const confusions = [
  ["their", "there"], ["then", "than"], ["to", "too"], ["its", "it's"], ["of", "off"], ["from", "form"], ["quite", "quiet"],
  ["lose", "loose"], ["affect", "effect"], ["were", "where"], ["was", "saw"], ["on", "no"], ["three", "there"], ["with", "width"],
  ["by", "be"], ["an", "and"], ["as", "has"], ["his", "this"], ["he", "the"], ["is", "in"], ["or", "for"], ["one", "on"],
  ["though", "through"], ["were", "we're"], ["had", "has"], ["now", "know"], ["new", "knew"], ["passed", "past"],
].flatMap(([left, right]) => [[left, right], [right, left]]); // prettier-ignore

const letters = Array.from("abcdefghijklmnopqrstuvwxyz");
/** One edit in a word, anywhere but in its first letter. */
const edits = {
  drop: (word, at) => word.toSpliced(at, 1),
  insert: (word, at) => word.toSpliced(at, 0, pick(letters)),
  change: (word, at) => word.toSpliced(at, 1, pick(letters)),
  swap: (word, at) => (at + 1 < word.length ? word.toSpliced(at, 2, word[at + 1], word[at]) : word),
};
const kinds = [...Object.keys(edits), "real word"];

/** The sentence with an error of the kind; null if no word is suitable for it. */
function insertError(words, kind) {
  const positions = words.flatMap((word, position) => {
    if (kind !== "real word") return /^[a-z]{4,}$/.test(word) ? [[position, null]] : [];
    return confusions.flatMap(([right, wrong]) => (word === right ? [[position, wrong]] : []));
  });
  if (positions.length === 0) return null;
  const [position, confused] = pick(positions);
  const original = Array.from(words[position]);
  const word = confused ?? edits[kind](original, 1 + below(original.length - 1)).join("");
  return word === words[position] ? null : { words: words.with(position, word), position, right: words[position] };
}

const sentences = textOf(testText)
  .split("\n")
  .filter((line) => !line.startsWith(" ="))
  .flatMap((line) => line.split(" . ").map((sentence) => `${sentence.trim()} .`.split(" ")))
  .filter((words) => words.length > 6 && words.length < 40 && !words.includes("<unk>") && words.at(-2) !== ".");
const cases = Array.from({ length: Math.min(Number(wanted), sentences.length) }, (_, index) => {
  const words = sentences[Math.floor((index * sentences.length) / Number(wanted))];
  const kind = kinds[Math.floor(index / 2) % kinds.length];
  return { kind, ...((index % 2 === 0 && insertError(words, kind)) || { words, position: -1 }) };
});

/** The words that each method marks in each case, as { position, strength, suggestion }. */
const known = new Set(textOf(training).split(/\s+/));
const byTrainingText = cases.map(({ words }) =>
  words.flatMap((word, position) =>
    /^[\p{L}'-]{2,}$/u.test(word) && !known.has(word) ? [{ position, strength: 0 }] : [],
  ),
);
const model = await loadModel(checkpoint, { task: "generator" });
const vocabulary = new Set(model.tokenizer.vocabulary);
const byVocabulary = cases.map(({ words }) =>
  words.flatMap((word, position) =>
    /^[\p{L}'-]{2,}$/u.test(word) && !vocabulary.has(word) ? [{ position, strength: 0 }] : [],
  ),
);
const thresholds = [4, 6, 8, 10, 12, 14];
const started = performance.now();
const byNetwork = [];
const lines = (async function* () {
  for (const { words } of cases) yield words.join(" ");
})();
for await (const { text, misspellings } of findMisspellings(model, lines, { threshold: thresholds[0] })) {
  byNetwork.push(
    misspellings.map(({ start, text: word, suggestions: [best] }) => {
      const position = text.slice(0, start).split(" ").length - 1;
      const token = text.split(" ")[position];
      return { position, strength: best.nats, suggestion: token.replace(word, best.text) };
    }),
  );
}
const seconds = (performance.now() - started) / 1000;

const percent = (fraction) => (Number.isNaN(fraction) ? "" : `${(100 * fraction).toFixed(1)} %`);
const withError = cases.filter(({ position }) => position >= 0);
const words = cases.reduce((sum, one) => sum + one.words.length, 0);
console.log(`${cases.length} sentences, ${words} words, ${withError.length} of them misspelled`);

function row(name, found, threshold) {
  let [marked, right, corrected] = [0, 0, 0];
  const hits = {};
  for (const [index, { kind, position, right: meant }] of cases.entries()) {
    const strong = new Map(
      found[index].filter(({ strength }) => strength >= threshold).map((one) => [one.position, one]),
    );
    marked += strong.size;
    const hit = strong.get(position);
    if (position < 0) continue;
    hits[kind] ??= [0, 0];
    hits[kind][1]++;
    if (hit) {
      right++;
      hits[kind][0]++;
      if (hit.suggestion === meant) corrected++;
    }
  }
  const precision = right / marked;
  const recall = right / withError.length;
  const f = (1.25 * precision * recall) / (0.25 * precision + recall); // F0.5 weights precision twice as much as recall
  const cells = [percent(precision), percent(recall), f.toFixed(3), percent(corrected / right)];
  const each = kinds.map((kind) => percent(hits[kind][0] / hits[kind][1]));
  console.log(`| ${[name, ...cells, ...each].join(" | ")} |`);
}
console.log(`| method | precision | recall | F0.5 | best suggestion right | ${kinds.join(" | ")} |`);
console.log(`|${" --- |".repeat(5 + kinds.length)}`);
row("not in the training text", byTrainingText, -1);
row("not in the network's vocabulary", byVocabulary, -1);
for (const threshold of thresholds) row(`rnn, threshold ${threshold}`, byNetwork, threshold);
const falsePositives = cases.flatMap(({ words: line, position: wrong }, index) =>
  byNetwork[index].flatMap(({ position, strength }) => (strength >= 8 && position !== wrong ? [line[position]] : [])),
);
const outOfVocabulary = falsePositives.filter((word) => !vocabulary.has(word));
console.log(
  `false positives at threshold 8: ${falsePositives.length}, ${outOfVocabulary.length} of them out-of-vocabulary words`,
);
console.log(`${(words / seconds).toFixed(0)} words/s`);
