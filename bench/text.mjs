/**
 * @file Generates a text of any length, the same for every contender: `node bench/text.mjs BYTES` prints it. RNN_BENCH_TEXT names a file to use instead.
 * The text is sampled from a character 7-gram model of corpora/fables.txt, so that words recur as in natural language and new words occur.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const order = 6;

/** @param {number} bytes the maximum size @returns ASCII text, or the start of the file in RNN_BENCH_TEXT */
export function benchText(bytes) {
  const file = process.env.RNN_BENCH_TEXT;
  if (file) return new TextDecoder().decode(readFileSync(file).subarray(0, bytes)).replaceAll("\uFFFD", "");
  const corpus = readFileSync(new URL("../corpora/fables.txt", import.meta.url), "utf8").replaceAll(/[^\n -~]/g, "");
  const followers = new Map(); // for each context, the characters that follow it, with repetitions
  for (let at = order; at < corpus.length; at++) {
    const context = corpus.slice(at - order, at);
    followers.set(context, (followers.get(context) ?? "") + corpus[at]);
  }
  let context = corpus.slice(0, order);
  const output = new Uint8Array(bytes);
  let state = 1; // linear congruential generator: Numerical Recipes, 3rd edition, section 7.1
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const choices = followers.get(context) ?? "\n";
    // one character in 500 is replaced, so that new words occur
    const mutated = (state >>> 8) % 500 === 0;
    const next = mutated ? corpus[state % corpus.length] : choices[Math.floor((state / 2 ** 32) * choices.length)];
    output[at] = next.charCodeAt(0);
    context = followers.has(context.slice(1) + next) ? context.slice(1) + next : contextAt(corpus, state);
  }
  return Buffer.from(output.buffer).toString("latin1");
}

/** A context of the corpus, where sampling continues after a context without followers. */
const contextAt = (corpus, state) => {
  const at = state % (corpus.length - order - 1);
  return corpus.slice(at, at + order);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(benchText(Number(process.argv[2])));
