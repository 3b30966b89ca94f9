/** @file Times the kernels of one training step: embedding, two LSTM layers, softmax head, gradient norm and Adam. `node bench/kernels.mjs [rounds] [threads]` */
import { createRequire } from "node:module";

const addon = createRequire(import.meta.url)("../build/native.node");
const { kernels } = addon;

const shapes = {
  "char V65 E128 2×128 B50 T50": { vocabulary: 65, width: 128, units: 128, batch: 50, time: 50 },
  "char V65 E64 2×256 B64 T64": { vocabulary: 65, width: 64, units: 256, batch: 64, time: 64 },
  "word V10k E192 2×192 B20 T20": { vocabulary: 10000, width: 192, units: 192, batch: 20, time: 20 },
  "word V10k E640 2×640 B20 T35": { vocabulary: 10000, width: 640, units: 640, batch: 20, time: 35 },
};

const random = (size) => Float32Array.from({ length: size }, () => (Math.random() - 0.5) / 5);

/** The stages of a step as functions, and its number of operations: 6 per weight and token, without the embedding. */
function prepareStep({ vocabulary, width, units, batch, time }) {
  const positions = time * batch;
  const tokens = Int32Array.from({ length: positions }, () => Math.random() * vocabulary);
  const targets = Int32Array.from({ length: positions }, () => Math.random() * vocabulary);
  const usesLookup = positions >= 2 * vocabulary; // the same condition as in engine/ops/recurrent.ts
  const embedding = { table: random(vocabulary * width), tableGradient: random(vocabulary * width) };
  const layers = [width, units].map((inputs, index) => ({
    sizes: {
      cell: "lstm",
      time,
      batch,
      inputs,
      units,
      stride: units,
      offset: 0,
      backwards: false,
      ...(usesLookup && index === 0 ? { vocabulary, tokens } : { vocabulary: 0, tokens: null }),
    },
    weights: { kernel: random(inputs * 4 * units), recurrent: random(units * 4 * units), bias: random(4 * units) },
    gradients: {
      kernelGradient: random(inputs * 4 * units),
      recurrentGradient: random(units * 4 * units),
      biasGradient: random(4 * units),
    },
    forwardResults: { outputs: random(positions * units), saved: random(positions * 5 * units) },
    last: { lastHidden: random(batch * units), lastCell: random(batch * units) },
    sequenceGradient: usesLookup && index === 0 ? embedding.tableGradient : random(positions * inputs),
  }));
  const head = { kernel: random(units * vocabulary), bias: random(vocabulary) };
  const headGradients = {
    inputsGradient: random(positions * units),
    kernelGradient: random(units * vocabulary),
    biasGradient: random(vocabulary),
  };
  const loss = new Float64Array(1);
  const trained = [
    [embedding.table, embedding.tableGradient],
    ...layers.flatMap(({ weights, gradients }) => [
      [weights.kernel, gradients.kernelGradient],
      [weights.recurrent, gradients.recurrentGradient],
      [weights.bias, gradients.biasGradient],
    ]),
    [head.kernel, headGradients.kernelGradient],
    [head.bias, headGradients.biasGradient],
  ];
  const like = () => trained.map(([weights]) => new Float32Array(weights.length));
  const update = {
    tensors: trained.length,
    sizes: Int32Array.from(trained, ([weights]) => weights.length),
    weights: trained.map(([weights]) => weights),
    gradients: trained.map(([, gradient]) => gradient),
    means: like(),
    variances: like(),
    norm: new Float64Array(1),
  };
  const none = { lengths: null, mask: null, initialHidden: null, initialCell: null };
  const first = usesLookup ? embedding.table : random(positions * width);
  const stages = {
    embedding: () =>
      usesLookup ||
      kernels.embeddingForward({ vocabulary, width, count: positions, table: embedding.table, tokens, output: first }),
    forward: () =>
      layers.forEach(({ sizes, weights, forwardResults, last }, index) =>
        kernels.recurrentForward({
          ...sizes,
          ...none,
          ...weights,
          ...forwardResults,
          ...last,
          sequence: index === 0 ? first : layers[0].forwardResults.outputs,
        }),
      ),
    head: () =>
      kernels.crossEntropyHead({
        rows: positions,
        width: units,
        classes: vocabulary,
        meanOver: 0,
        inputs: layers[1].forwardResults.outputs,
        ...head,
        tied: false,
        targets,
        loss,
        ...headGradients,
      }),
    backward: () =>
      layers.toReversed().forEach(({ sizes, weights, forwardResults, gradients, sequenceGradient }, index) =>
        kernels.recurrentBackward({
          ...sizes,
          ...none,
          accumulate: false,
          sequence: index === 0 ? layers[0].forwardResults.outputs : first,
          kernel: weights.kernel,
          recurrent: weights.recurrent,
          ...forwardResults,
          outputsGradient: index === 0 ? headGradients.inputsGradient : layers[1].sequenceGradient,
          lastHiddenGradient: null,
          lastCellGradient: null,
          sequenceGradient,
          ...gradients,
          initialHiddenGradient: null,
          initialCellGradient: null,
        }),
      ),
    embeddingGradient: () =>
      usesLookup ||
      kernels.embeddingBackward({
        vocabulary,
        width,
        count: positions,
        tokens,
        gradient: layers[0].sequenceGradient,
        tableGradient: embedding.tableGradient,
      }),
    adam: () => {
      const settings = { learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 5 };
      kernels.adamUpdate({ ...update, ...settings, correction1: 1, correction2: 1 });
    },
  };
  const multiplied = update.sizes.reduce((sum, size) => sum + size, 0) - vocabulary * width;
  return { stages, operations: 6 * multiplied * positions, tokens: positions };
}

const [rounds, threads] = process.argv.slice(2).map(Number);
if (threads) addon.setThreads(threads);
console.log(`${addon.isa()}, ${addon.threads()} threads`);
for (const [name, shape] of Object.entries(shapes)) {
  const { stages, operations, tokens } = prepareStep(shape);
  const best = Object.fromEntries(Object.keys(stages).map((stage) => [stage, Infinity]));
  let bestStep = Infinity;
  for (let round = 0; round < (rounds || 30); round++) {
    let step = 0;
    for (const [stage, run] of Object.entries(stages)) {
      const start = performance.now();
      run();
      const elapsed = performance.now() - start;
      best[stage] = Math.min(best[stage], elapsed);
      step += elapsed;
    }
    bestStep = Math.min(bestStep, step);
  }
  const parts = Object.entries(best).map(([stage, elapsed]) => `${stage} ${elapsed.toFixed(2)}`);
  console.log(
    `${name}: ${bestStep.toFixed(2)} ms, ${Math.round((tokens / bestStep) * 1e3)} tokens/s, ${(operations / bestStep / 1e6).toFixed(0)} GFLOP/s (${parts.join(", ")})`,
  );
}
