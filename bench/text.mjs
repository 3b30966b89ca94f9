/**
 * @file A text of any length that is the same for every contender: `node bench/text.mjs BYTES` prints it. RNN_BENCH_TEXT names a file that is taken
 * instead. Each character is drawn by the six before it, as they go on in corpora/fables.txt, so that words recur as they do in language and new ones come up.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const order = 6;

/** @param {number} bytes at most; all of it is ASCII, or the start of the file that is named */
export function benchText(bytes) {
  const file = process.env.RNN_BENCH_TEXT;
  if (file) return new TextDecoder().decode(readFileSync(file).subarray(0, bytes)).replaceAll("\uFFFD", "");
  const corpus = readFileSync(new URL("../corpora/fables.txt", import.meta.url), "utf8").replaceAll(/[^\n -~]/g, "");
  const followers = new Map(); // what comes after each context, as often as it does
  for (let at = order; at < corpus.length; at++) {
    const context = corpus.slice(at - order, at);
    followers.set(context, (followers.get(context) ?? "") + corpus[at]);
  }
  let context = corpus.slice(0, order);
  const written = new Uint8Array(bytes);
  let state = 1; // of a linear congruential generator: Numerical Recipes, 3rd edition, section 7.1
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const choices = followers.get(context) ?? "\n";
    // one character in 500 is any other's, else the walk would only repeat the corpus's words
    const mutated = (state >>> 8) % 500 === 0;
    const next = mutated ? corpus[state % corpus.length] : choices[Math.floor((state / 2 ** 32) * choices.length)];
    written[at] = next.charCodeAt(0);
    context = followers.has(context.slice(1) + next) ? context.slice(1) + next : contextAt(corpus, state);
  }
  return Buffer.from(written.buffer).toString("latin1");
}

/** The context at some place of the corpus, where a walk goes on that has come to an end. */
const contextAt = (corpus, state) => {
  const at = state % (corpus.length - order - 1);
  return corpus.slice(at, at + order);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(benchText(Number(process.argv[2])));
