/**
 * @file What the samplers do to the bundled storyteller's texts: node bench/quality/samplers.mjs. For each setting 20 texts of 600 characters: the share of
 * different 3-grams of words, the share of 4-grams of words that the same text has already, the share of words that the corpus has, and the longest run
 * of characters that is copied from the corpus.
 */
import { readFile } from "node:fs/promises";
import { generate, loadModel } from "../../dist/index.js";

const settings = {
  "temperature 0": { temperature: 0, numSamples: 1 },
  "temperature 0, DRY": { temperature: 0, dryMultiplier: 0.8, dryAllowedLength: 12, numSamples: 1 },
  "temperature 0.3": { temperature: 0.3 },
  "temperature 0.3, DRY": { temperature: 0.3, dryMultiplier: 0.8, dryAllowedLength: 12 },
  "temperature 0.3, repeat penalty 1.2": { temperature: 0.3, repeatPenalty: 1.2 },
  "temperature 0.3, no 20-gram twice": { temperature: 0.3, noRepeatNgram: 20 },
  "temperature 0.5": { temperature: 0.5 },
  "temperature 1": { temperature: 1 },
  "temperature 1, top-k 5": { temperature: 1, topK: 5 },
  "temperature 1, top-p 0.9": { temperature: 1, topP: 0.9 },
  "temperature 1, min-p 0.1": { temperature: 1, minP: 0.1 },
  "temperature 1, typical-p 0.9": { temperature: 1, typicalP: 0.9 },
  "temperature 1, top-nσ 1": { temperature: 1, topNSigma: 1 },
  "temperature 1, Mirostat 2 at 1 bit": { temperature: 1, mirostat: 2, mirostatEnt: 1 },
  "temperature 1, min-p 0.1, XTC 0.2": { temperature: 1, minP: 0.1, xtcProbability: 0.2 },
  "temperature 1 ± 0.5": { temperature: 1, dynatempRange: 0.5 },
};

const corpus = await readFile(new URL("../../corpora/fables.txt", import.meta.url), "utf8");
const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];
const known = new Set(wordsOf(corpus));
const ngrams = (words, n) => words.slice(n - 1).map((_, index) => words.slice(index, index + n).join(" "));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function longestCopy(text) {
  let longest = 0;
  for (let start = 0; start + longest < text.length; start++)
    while (start + longest < text.length && corpus.includes(text.slice(start, start + longest + 1))) longest++;
  return longest;
}

const model = await loadModel("checkpoints/storyteller");
const percent = (share) => `${(100 * share).toFixed(0)} %`;
console.log("| setting | different 3-grams | repeated 4-grams | known words | longest copied run |");
console.log("| --- | ---: | ---: | ---: | ---: |");
for (const [name, options] of Object.entries(settings)) {
  const drawn = await generate(model, { prompt: "Once", maxTokens: 600, numSamples: 20, seed: 7, ...options });
  const texts = drawn.map((text) => text.slice("Once".length));
  const all = texts.flatMap((text) => ngrams(wordsOf(text), 3));
  const repeated = texts.map((text) => {
    const found = ngrams(wordsOf(text), 4);
    return 1 - new Set(found).size / found.length;
  });
  const words = texts.flatMap((text) => wordsOf(text).slice(0, -1));
  const columns = [
    percent(new Set(all).size / all.length),
    percent(mean(repeated)),
    percent(words.filter((word) => known.has(word)).length / words.length),
    mean(texts.map(longestCopy)).toFixed(0),
  ];
  console.log(`| ${name} | ${columns.join(" | ")} |`);
}
model.dispose();
