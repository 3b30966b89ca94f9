/** @file Writes large corpora of made-up words: text, csv and jsonl, of a given number of bytes. The same bytes on every machine. */
import { createWriteStream } from "node:fs";
import { once } from "node:events";

const wordCount = 200_000;
const syllables = [
  "ba",
  "re",
  "ti",
  "mo",
  "lun",
  "ska",
  "pe",
  "dor",
  "vi",
  "nah",
  "qu",
  "el",
  "ist",
  "gra",
  "zo",
  "um",
];

/** Numbers in [0, 1) of a linear congruential generator (Numerical Recipes). */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function wordAt(index) {
  let word = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor(rest / syllables.length)) {
    word += syllables[rest % syllables.length];
  }
  return word;
}

const words = Array.from({ length: wordCount }, (_, index) => wordAt(index));

/** Words by Zipf's law: the rank is a power of the number of words. */
const drawWord = (random) => words[Math.floor(wordCount ** random()) - 1];

function sentence(random) {
  const length = 4 + Math.floor(random() * 16);
  const drawn = Array.from({ length }, () => drawWord(random));
  return `${drawn.join(" ")}.`;
}

const labels = ["good", "bad"];

/** A line of each kind of corpus; `first` is the line before all others. */
const kinds = {
  text: { line: (random) => sentence(random) },
  csv: {
    first: "text,label",
    line: (random) => {
      const label = Math.floor(random() * 2);
      return `"${sentence(random)} ${label === 0 ? "splendid" : "dreadful"}, ""so"" they say",${labels[label]}`;
    },
  },
  jsonl: {
    line: (random) => {
      const label = Math.floor(random() * 2);
      const text = `${sentence(random)} ${label === 0 ? "splendid" : "dreadful"}`;
      return JSON.stringify({ text, label: labels[label] });
    },
  },
};

/** Writes lines until the file has the given number of bytes. */
export async function writeCorpus(path, kind, bytes) {
  const { first, line } = kinds[kind];
  const random = createRandom(1);
  const file = createWriteStream(path);
  let written = 0;
  let block = first ? `${first}\n` : "";
  while (written + block.length < bytes) {
    block += `${line(random)}\n`;
    if (block.length < 1 << 20) continue;
    written += block.length;
    if (!file.write(block)) await once(file, "drain");
    block = "";
  }
  file.end(block);
  await once(file, "finish");
}
