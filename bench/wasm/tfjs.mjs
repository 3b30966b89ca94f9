/** @file TensorFlow.js's own wasm backend: `tf.layers.lstm` forward. GFLOP/s. */
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { row, serve } from "../serve.mjs";

const { time, batch, inputs, units } = row.shape;
setThreadsCount(row.threads);
await tf.setBackend("wasm");

const layer = tf.layers.lstm({ units, returnSequences: true, recurrentInitializer: "glorotNormal" });
const sequence = tf.randomUniform([batch, time, inputs], -0.1, 0.1);
await serve(`tf.layers on TensorFlow.js's wasm ${tf.version.tfjs}`, () => {
  tf.tidy(() => void layer.apply(sequence)); // computed when it returns, as ours is
  return (2 * time * batch * 4 * units * (inputs + units)) / 1e9;
});
