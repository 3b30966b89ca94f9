/**
 * @file The cost of the samplers beside a step of the native decoder: node bench/samplers.mjs [vocabulary]. An untrained LSTM of 2 × 256 units reads and draws
 * words; the chains narrow and draw from its logits in TypeScript. Step and chains alternate, so that both see the same machine; medians of the rounds.
 */
import { selectBackend } from "../dist/engine/backends/index.js";
import { createDraw, textState } from "../dist/inference/generation/distribution.js";
import { decoderReader, decoderSource, readerSource } from "../dist/inference/generation/tokenSource.js";
import { initializations } from "../dist/network/initializers.js";
import { Network } from "../dist/network/network.js";

const vocabulary = Number(process.argv[2] ?? 10_000);
const recurrent = { type: "recurrent", cell: "lstm", units: 256, bidirectional: false };
const spec = {
  task: "generator",
  vocabulary,
  layers: [{ type: "embedding", units: 256 }, recurrent, recurrent],
  classes: vocabulary,
};
const all = {
  repeatPenalty: 1.1,
  presencePenalty: 0.1,
  frequencyPenalty: 0.1,
  dryMultiplier: 0.8,
  topK: 40,
  typicalP: 0.95,
  topP: 0.95,
  minP: 0.05,
  xtcProbability: 0.5,
  temperature: 0.8,
};
const order = ["penalties", "dry", "top-k", "typical-p", "top-p", "min-p", "xtc", "temperature"];
const chains = {
  "temperature alone": { temperature: 0.8 },
  "top-k, top-p, min-p": { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 },
  "the whole chain": all,
  "the whole chain in llama.cpp's order": { ...all, samplerOrder: order },
  "without top-k": { ...all, topK: undefined, samplerOrder: order.filter((name) => name !== "top-k") },
};

await selectBackend("native");
const network = Network.create(spec, initializations.keras(), 1);
const prompt = { ids: [4, 2, 7], rows: 1, window: 8 };
const source = decoderSource(network, { temperature: 0.8 }, prompt);
const reader = decoderReader(network, prompt);

/** Logits as peaked as those of a trained network, which an untrained one does not have. */
const peaked = Float32Array.from(reader.logits(), (logit, id) => 200 * logit - 1.2 * Math.log(id + 1));
const steps = 200;
const uniforms = Float64Array.from({ length: steps }, (_, index) => (index * 0.618_034) % 1);
const text = Array.from({ length: 500 }, (_, index) => (index * index) % 97);

/** Microseconds of each of several calls. */
function duration(calls, run) {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1000 / calls;
}

const draws = Object.entries(chains).map(([name, options]) => {
  const drawNext = createDraw(options);
  const run = () => {
    const state = textState(text);
    for (const uniform of uniforms) drawNext(peaked, uniform, state);
  };
  return { name, run, times: [] };
});
/** A chain after the decoder's forward pass, which draws nothing: what generation with samplers that the decoder lacks takes. */
const chained = readerSource(
  decoderReader(network, prompt),
  (() => {
    const drawNext = createDraw({ ...all, samplerOrder: order });
    let state = textState(text);
    return (_, random) => {
      if (state.text.length > 700) state = textState(text);
      return drawNext(peaked, random(), state);
    };
  })(),
  1,
);
const stepTimes = [];
const forwardTimes = [];
const chainedTimes = [];
const rounds = 30;
for (let round = 0; round < rounds + 3; round++) {
  const step = duration(steps, () => source.next(uniforms));
  const forward = duration(steps, () => {
    for (let index = 0; index < steps; index++) reader.read(Int32Array.of(index));
  });
  const both = duration(steps, () => chained.next(uniforms));
  for (const one of draws) {
    const time = duration(steps, one.run);
    if (round >= 3) one.times.push(time);
  }
  if (round < 3) continue;
  stepTimes.push(step);
  forwardTimes.push(forward);
  chainedTimes.push(both);
}
const median = (values) => values.toSorted((left, right) => left - right)[values.length >> 1];
const step = median(stepTimes);
const percent = (time) => `${((100 * time) / step).toFixed(1).padStart(6)} %`;
console.log(`${vocabulary} words, LSTM 2 × 256`);
console.log(`${step.toFixed(1).padStart(7)} µs  ${percent(step)}  a step of the decoder with its own draw`);
const rows = [
  { name: "its forward pass alone, a call each", times: forwardTimes },
  { name: "that and the whole chain", times: chainedTimes },
  ...draws.map(({ name, times }) => ({ name: `draw: ${name}`, times })),
];
for (const { name, times } of rows)
  console.log(`${median(times).toFixed(1).padStart(7)} µs  ${percent(median(times))}  ${name}`);
source.dispose();
reader.dispose();
chained.dispose();
network.dispose();
