/** @file rnn's side of the learning curve: after each line "go" it trains for a slice of time and prints the slice's seconds and steps, and the validation loss. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { version } from "../../dist/common/version.js";
import { scoreText } from "../../dist/evaluation/score.js";
import { streamExamples } from "../../dist/examples/streamExamples.js";
import { initializations } from "../../dist/network/initializers.js";
import { startEngine } from "../../dist/model/model.js";
import { createNetwork } from "../model.mjs";
import { row as task } from "../serve.mjs";
import { generatorSteps, trainingSteps } from "../training.mjs";

const { shape, seed, learningRate, clipNorm, initialRange, trainingFraction, threads, seconds } = task;

const characters = Array.from(readFileSync(task.text, "utf8"));
const ids = new Map([...new Set(characters)].toSorted().map((character, id) => [character, id]));
if (ids.size !== shape.vocabulary)
  throw new Error(`error: the text has ${ids.size} characters, not ${shape.vocabulary}`);
const tokens = Int32Array.from(characters, (character) => ids.get(character));
const cut = Math.floor(tokens.length * trainingFraction);
const layout = { rows: shape.batch, time: shape.steps };
const validation = streamExamples(tokens.subarray(cut), layout);

const { name, instructionSet } = await startEngine({ backend: "auto", threads }, shape.precision);
const warmUp = generatorSteps(shape);
for (let step = 0; step < 10; step++) await warmUp();

const network = createNetwork("generator", shape, {
  seed,
  initialization: { ...initializations.uniform(initialRange), embedding: initializations.wide().embedding },
});
const examples = streamExamples(tokens.subarray(0, cut), layout);
const trainingStep = trainingSteps(shape, network, examples, { learningRate, clipNorm, seed });

console.log(`ready rnn ${version} (${name} ${instructionSet}, Node ${process.version})`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "go") continue;
  const start = performance.now();
  const secondsSoFar = () => (performance.now() - start) / 1000;
  let steps = 0;
  for (; secondsSoFar() < seconds; steps++) await trainingStep();
  const trained = secondsSoFar();
  console.log(JSON.stringify({ seconds: trained, steps, loss: scoreText(network, validation).loss }));
}
process.exit();
