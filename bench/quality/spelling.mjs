/**
 * @file How well `rnn score --suspects` finds planted errors: precision and recall at several thresholds, beside words that the training text lacks.
 * Usage: node bench/quality/spelling.mjs CHECKPOINT TRAINING-TEXT HELD-OUT-TEXT [SENTENCES]
 * Texts are tokenised by spaces, sentences end in " . ", .gz is read too. Half of the sentences get one error each, by the seed.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { loadModel, randomStream, findMisspellings } from "../../dist/index.js";

const [checkpoint, training, heldOut, wanted = "400"] = process.argv.slice(2);
const random = randomStream(1, "spelling");
const below = (count) => Math.floor(random() * count);
const pick = (items) => items[below(items.length)];

const textOf = (path) => {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
};

/** Real words that are taken for each other. */
const confusions = [
  ["their", "there"], ["then", "than"], ["to", "too"], ["its", "it's"], ["of", "off"], ["from", "form"], ["quite", "quiet"],
  ["lose", "loose"], ["affect", "effect"], ["were", "where"], ["was", "saw"], ["on", "no"], ["three", "there"], ["with", "width"],
  ["by", "be"], ["an", "and"], ["as", "has"], ["his", "this"], ["he", "the"], ["is", "in"], ["or", "for"], ["one", "on"],
  ["though", "through"], ["were", "we're"], ["had", "has"], ["now", "know"], ["new", "knew"], ["passed", "past"],
].flatMap(([left, right]) => [[left, right], [right, left]]); // prettier-ignore

const letters = Array.from("abcdefghijklmnopqrstuvwxyz");
/** One slip in a word, anywhere but in its first letter. */
const slips = {
  drop: (word, at) => word.toSpliced(at, 1),
  insert: (word, at) => word.toSpliced(at, 0, pick(letters)),
  change: (word, at) => word.toSpliced(at, 1, pick(letters)),
  swap: (word, at) => (at + 1 < word.length ? word.toSpliced(at, 2, word[at + 1], word[at]) : word),
};
const kinds = [...Object.keys(slips), "real word"];

/** The sentence with an error of the kind; null where there is no place for one. */
function plant(words, kind) {
  const places = words.flatMap((word, place) => {
    if (kind !== "real word") return /^[a-z]{4,}$/.test(word) ? [[place, null]] : [];
    return confusions.flatMap(([right, wrong]) => (word === right ? [[place, wrong]] : []));
  });
  if (places.length === 0) return null;
  const [place, confused] = pick(places);
  const original = Array.from(words[place]);
  const word = confused ?? slips[kind](original, 1 + below(original.length - 1)).join("");
  return word === words[place] ? null : { words: words.with(place, word), place, right: words[place] };
}

const sentences = textOf(heldOut)
  .split("\n")
  .filter((line) => !line.startsWith(" ="))
  .flatMap((line) => line.split(" . ").map((sentence) => `${sentence.trim()} .`.split(" ")))
  .filter((words) => words.length > 6 && words.length < 40 && !words.includes("<unk>") && words.at(-2) !== ".");
const cases = Array.from({ length: Math.min(Number(wanted), sentences.length) }, (_, index) => {
  const words = sentences[Math.floor((index * sentences.length) / Number(wanted))];
  const kind = kinds[Math.floor(index / 2) % kinds.length];
  return { kind, ...((index % 2 === 0 && plant(words, kind)) || { words, place: -1 }) };
});

/** What is suspect in each case, as { place, strength, suggestion }. */
const known = new Set(textOf(training).split(/\s+/));
const byTrainingText = cases.map(({ words }) =>
  words.flatMap((word, place) => (/^[\p{L}'-]{2,}$/u.test(word) && !known.has(word) ? [{ place, strength: 0 }] : [])),
);
const model = await loadModel(checkpoint, { backend: "auto" });
const vocabulary = new Set(model.tokenizer.vocabulary);
const byVocabulary = cases.map(({ words }) =>
  words.flatMap((word, place) =>
    /^[\p{L}'-]{2,}$/u.test(word) && !vocabulary.has(word) ? [{ place, strength: 0 }] : [],
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
      const place = text.slice(0, start).split(" ").length - 1;
      const token = text.split(" ")[place];
      return { place, strength: best.nats, suggestion: token.replace(word, best.text) };
    }),
  );
}
const seconds = (performance.now() - started) / 1000;

const percent = (share) => (Number.isNaN(share) ? "" : `${(100 * share).toFixed(1)} %`);
const planted = cases.filter(({ place }) => place >= 0);
const words = cases.reduce((sum, one) => sum + one.words.length, 0);
console.log(`${cases.length} sentences, ${words} words, ${planted.length} of them wrong`);

function row(name, found, threshold) {
  let [marked, right, corrected] = [0, 0, 0];
  const hits = {};
  for (const [index, { kind, place, right: meant }] of cases.entries()) {
    const strong = new Map(found[index].filter(({ strength }) => strength >= threshold).map((one) => [one.place, one]));
    marked += strong.size;
    const hit = strong.get(place);
    if (place < 0) continue;
    hits[kind] ??= [0, 0];
    hits[kind][1]++;
    if (hit) {
      right++;
      hits[kind][0]++;
      if (hit.suggestion === meant) corrected++;
    }
  }
  const precision = right / marked;
  const recall = right / planted.length;
  const f = (1.25 * precision * recall) / (0.25 * precision + recall); // F 0.5: a false alarm weighs twice
  const cells = [percent(precision), percent(recall), f.toFixed(3), percent(corrected / right)];
  const each = kinds.map((kind) => percent(hits[kind][0] / hits[kind][1]));
  console.log(`| ${[name, ...cells, ...each].join(" | ")} |`);
}
console.log(`| method | precision | recall | F0.5 | best suggestion right | ${kinds.join(" | ")} |`);
console.log(`|${" --- |".repeat(5 + kinds.length)}`);
row("not in the training text", byTrainingText, -1);
row("not in the network's vocabulary", byVocabulary, -1);
for (const threshold of thresholds) row(`rnn, threshold ${threshold}`, byNetwork, threshold);
const alarms = cases.flatMap(({ words: line, place: wrong }, index) =>
  byNetwork[index].flatMap(({ place, strength }) => (strength >= 8 && place !== wrong ? [line[place]] : [])),
);
const strange = alarms.filter((word) => !vocabulary.has(word));
console.log(
  `false alarms at threshold 8: ${alarms.length}, ${strange.length} of them words that the network does not know`,
);
console.log(`${(words / seconds).toFixed(0)} words/s`);
