/** @file This project's kernels on a backend: a matrix product of 512³, the forward pass of an LSTM layer, or training a character model. GFLOP/s.
 * Results are not copied out: the kernels have computed them when their calls return. */
import { startEngine } from "../../dist/model/model.js";
import { cells } from "../../dist/network/cells.js";
import { recurrent } from "../../dist/engine/ops/recurrent.js";
import { matMul, tensor, tidy } from "../../dist/engine/tfjs.js";
import { operations } from "../roofline.mjs";
import { row, serve } from "../serve.mjs";
import { generatorSteps } from "../training.mjs";

const { backend, threads, work, shape } = row;
await startEngine({ backend, threads });

const random = (...sizes) => {
  const count = sizes.reduce((product, size) => product * size, 1);
  return tensor(
    Float32Array.from({ length: count }, () => (Math.random() - 0.5) / 5),
    sizes,
  );
};

const workloads = {
  product: ({ size }) => {
    const [left, right] = [random(size, size), random(size, size)];
    return () => {
      tidy(() => void matMul(left, right));
      return (2 * size ** 3) / 1e9;
    };
  },

  layer: ({ time, batch, inputs, units }) => {
    const sequence = random(time, batch, inputs);
    const columns = 4 * units;
    const weights = { kernel: random(inputs, columns), recurrent: random(units, columns), bias: random(columns) };
    return () => {
      tidy(() => void recurrent(cells.lstm, sequence, null, [{ weights }], { training: false }));
      return (2 * time * batch * columns * (inputs + units)) / 1e9;
    };
  },

  train: () => {
    const step = generatorSteps(shape);
    return async () => ((await step()) * operations({ work: "train", shape })) / 1e9;
  },
};

await serve(`${backend}, ${threads} threads`, workloads[work](shape));
