/**
 * @file The adaptive softmax beside the full one on the words of WikiText-2: validation perplexity after equal steps and after equal time.
 * `node bench/quality/adaptive.mjs DATA/wikitext2 [seconds] [cutoffs …]`, as in `… 60 auto 4000,12000`; auto: those that `rnn train` takes.
 *
 * The networks are trained in turn, a few seconds each, so that other programs slow all of them alike. Evaluations do not count as time.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { score } from "../../dist/evaluation/score.js";
import { streamExamples } from "../../dist/examples/streamExamples.js";
import { startEngine } from "../../dist/model/model.js";
import { usualCutoffs } from "../../dist/network/adaptiveSoftmax.js";
import { initializations } from "../../dist/network/initializers.js";
import { Network } from "../../dist/network/network.js";
import { Trainer } from "../../dist/training/trainer.js";

const [folder, seconds = "60", ...choices] = process.argv.slice(2);
const [units, batch, time, turn, evaluateEvery, validationTokens] = [200, 20, 20, 5, 100, 10_000];

const wordsOf = (part) =>
  gunzipSync(readFileSync(join(folder, `${part}.txt.gz`)))
    .toString("utf8")
    .replaceAll("\n", " <eos> ")
    .split(" ")
    .filter((word) => word !== "");
const training = wordsOf("train");
const counts = new Map();
for (const word of training) counts.set(word, (counts.get(word) ?? 0) + 1);
const vocabulary = [...counts].toSorted(([, left], [, right]) => right - left);
const idOf = new Map(vocabulary.map(([word], id) => [word, id]));
const idsOf = (words) => Int32Array.from(words, (word) => idOf.get(word) ?? idOf.get("<unk>"));
const classes = vocabulary.length;

const examples = streamExamples(idsOf(training), { rows: batch, time });
const validation = streamExamples(idsOf(wordsOf("valid").slice(0, validationTokens)), { rows: batch, time });

function contender(name, adaptive) {
  const recurrent = { type: "recurrent", cell: "lstm", units, bidirectional: false };
  const layers = [{ type: "embedding", units }, recurrent];
  const spec = { task: "generator", vocabulary: classes, layers, classes, ...(adaptive && { adaptive }) };
  const network = Network.create(spec, initializations.uniform(0.1), 1);
  const schedule = { schedule: "constant", lrDecay: 1, lrDecayAfter: 1, wordDropout: 0 };
  const trainer = new Trainer(network, examples, null, {
    ...schedule,
    optimizer: "adam",
    learningRate: 0.004,
    momentum: 0,
    weightDecay: 0,
    clipNorm: 5,
    seed: 1,
  });
  const events = trainer.run({ steps: Infinity, evaluateEvery: Infinity }, new AbortController().signal);
  return { name, network, events, elapsed: 0, steps: 0 };
}

const perplexity = (network) => Math.exp(score(network, validation).loss);

function report({ name, network, steps, elapsed }) {
  const tokens = Math.round((steps * batch * time) / elapsed);
  const validated = perplexity(network).toFixed(0);
  console.log(
    `${name}: ${steps} steps, ${elapsed.toFixed(1)} s, ${tokens} tokens/s, validation perplexity ${validated}`,
  );
}

/** Trains for a turn, or until the time is over. */
async function train(one) {
  const until = Math.min(one.elapsed + turn, Number(seconds));
  while (one.elapsed < until) {
    const start = performance.now();
    await one.events.next();
    one.elapsed += (performance.now() - start) / 1000;
    one.steps++;
    if (one.steps % evaluateEvery === 0) report(one);
  }
}

const { name, instructionSet } = await startEngine({ backend: "auto" });
console.log(`${training.length} words, ${classes} different; backend ${name} ${instructionSet}`);
const cutoffsOf = (choice) =>
  choice === "auto" ? usualCutoffs(vocabulary.map(([, count]) => count)) : choice.split(",").map(Number);
const adaptive = (choices.length > 0 ? choices : ["auto"]).map((choice) => {
  const cutoffs = cutoffsOf(choice);
  return contender(`adaptive ${cutoffs.join()}`, { cutoffs, divValue: 4 });
});
const all = [contender("full"), ...adaptive];
for (const one of all) await one.events.next(); // allocates; a step like any other
while (all.some(({ elapsed }) => elapsed < Number(seconds))) for (const one of all) await train(one);

console.log(`after ${seconds} s:`);
for (const one of all) report(one);
