/**
 * @file Validation loss and training speed of cells and blocks on the characters of a text:
 *   node bench/quality/cells.mjs TEXT (--tokens N | --seconds S) [--threads N] [--seed N] [--warm-up STEPS] [--only NAME,…] [--at BATCHxRATE,…] [RNN OPTIONS]
 * The first nine tenths are the training part. Seconds are processor time of one thread, so that other programs disturb little; the number of steps
 * follows from the first ones. Further options of `rnn train` hold for every network. One line of JSON for each run.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { scoreText } from "../../dist/evaluation/score.js";
import { streamExamples } from "../../dist/examples/streamExamples.js";
import { startEngine } from "../../dist/model/model.js";
import { specFrom } from "../../dist/network/build.js";
import { initializations } from "../../dist/network/initializers.js";
import { Network } from "../../dist/network/network.js";
import { settleRecipe } from "../../dist/options/recipe.js";
import { Trainer } from "../../dist/training/trainer.js";

const blocks = (cell, units, width, mlp, more = {}) => ({ block: true, cell, units, embedding: width, mlp, ...more });
const networks = {
  "lstm 2x128": { cell: "lstm", units: [128, 128], embedding: 64 },
  "sru 4x128": { cell: "sru", units: [128, 128, 128, 128], embedding: 128 },
  "hgrn 3 blocks": blocks("hgrn", [120, 120, 120], 96, 96),
  "hgrn 3 blocks, convolution 4": blocks("hgrn", [120, 120, 120], 96, 96, { causalConv: 4 }),
  "mingru 3 blocks": blocks("mingru", [144, 144, 144], 96, 96),
  "mingru 3 blocks, convolution 4": blocks("mingru", [144, 144, 144], 96, 96, { causalConv: 4 }),
  "sru 3 blocks": blocks("sru", [96, 96, 96], 96, 96),
  "lstm 3 blocks": blocks("lstm", [64, 64, 64], 96, 96),
  "lstm 2x256": { cell: "lstm", units: [256, 256], embedding: 64 },
  "sru 4x256": { cell: "sru", units: [256, 256, 256, 256], embedding: 256 },
  "hgrn 3 blocks 192": blocks("hgrn", [256, 256, 256], 192, 192),
  "hgrn 3 blocks 192, convolution 4": blocks("hgrn", [256, 256, 256], 192, 192, { causalConv: 4 }),
  "mingru 3 blocks 192, convolution 4": blocks("mingru", [320, 320, 320], 192, 192, { causalConv: 4 }),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tokens: { type: "string" },
    seconds: { type: "string" },
    threads: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    steps: { type: "string", default: "64" },
    "warm-up": { type: "string", default: "20" },
    only: { type: "string", default: Object.keys(networks).slice(0, 6).join() },
    at: { type: "string", default: "16x0.004,64x0.008" },
    dropout: { type: "string", default: "0" },
    init: { type: "string", default: "keras" },
  },
});

const characters = Array.from(readFileSync(positionals[0], "utf8"));
const ids = new Map([...new Set(characters)].toSorted().map((character, id) => [character, id]));
const tokens = Int32Array.from(characters, (character) => ids.get(character));
const cut = Math.floor(tokens.length * 0.9);
const time = Number(values.steps);
const seed = Number(values.seed);
await startEngine({ backend: "auto", threads: Number(values.threads) });

const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Multiplications and additions of a training step, of the weights that are factors of matmuls: forward once, backward twice. */
const flopsOf = (network, batch) =>
  [...network.weights]
    .filter(([name, { shape }]) => shape.length === 2 && !/table|causal/.test(name))
    .reduce((sum, [, { shape }]) => sum + shape[0] * shape[1], 0) *
  6 *
  batch *
  time;

async function run(name, batch, learningRate) {
  const given = { ...networks[name], dropout: Number(values.dropout) };
  const spec = specFrom(settleRecipe(given, "generator"), {
    task: "generator",
    reads: { vocabulary: ids.size },
    labels: 0,
    examples: "streams",
    longest: time,
  });
  const network = Network.create(spec, initializations[values.init](0.1), seed);
  const layout = { rows: batch, time };
  const trainer = new Trainer(network, streamExamples(tokens.subarray(0, cut), layout), null, {
    optimizer: "adam",
    learningRate,
    momentum: 0,
    weightDecay: 0,
    clipNorm: 1,
    schedule: "cosine",
    lrDecay: 1,
    lrDecayAfter: 1,
    wordDropout: 0,
    warmUp: Number(values["warm-up"]),
    seed,
  });
  const measured = 12;
  let steps = values.tokens ? Math.round(Number(values.tokens) / (batch * time)) : Infinity;
  const plan = () => ({ steps: Number.isFinite(steps) ? steps : 1e9, evaluateEvery: 1e9 });
  let warm = 0;
  const before = processorSeconds();
  for await (const event of trainer.run(plan, new AbortController().signal)) {
    if (event.type !== "step") continue;
    if (event.step === 2) warm = processorSeconds();
    if (event.step === measured && !Number.isFinite(steps)) {
      const perStep = (processorSeconds() - warm) / (measured - 2);
      steps = Math.max(
        measured,
        Math.round((Number(values.seconds) - (processorSeconds() - before)) / perStep + measured),
      );
    }
  }
  const seconds = processorSeconds() - warm;
  const done = (steps - 2) * batch * time;
  const validation = streamExamples(tokens.subarray(cut), { rows: 16, time });
  console.log(
    JSON.stringify({
      name,
      parameters: network.parameters,
      batch,
      learningRate,
      tokens: steps * batch * time,
      seconds: Number(seconds.toFixed(1)),
      tokensPerSecond: Math.round(done / seconds),
      gflops: Number(((flopsOf(network, batch) * (steps - 2)) / seconds / 1e9).toFixed(1)),
      validation: Number(scoreText(network, validation).loss.toFixed(4)),
    }),
  );
  network.dispose();
}

for (const name of values.only.split(/,(?! )/)) {
  for (const one of values.at.split(",")) {
    const [batch, learningRate] = one.split("x").map(Number);
    await run(name, batch, learningRate);
  }
}
process.exit();
