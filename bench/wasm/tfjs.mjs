/** @file The wasm backend of TensorFlow.js: the forward pass of `layers.lstm`. GFLOP/s. */
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { layers } from "@tensorflow/tfjs-layers";
import { row, serve } from "../serve.mjs";

const { time, batch, inputs, units } = row.shape;
setThreadsCount(row.threads);
await tf.setBackend("wasm");

const layer = layers.lstm({ units, returnSequences: true, recurrentInitializer: "glorotNormal" });
const sequence = tf.randomUniform([batch, time, inputs], -0.1, 0.1);
await serve(`tf.layers on TensorFlow.js's wasm ${tf.version_core}`, () => {
  tf.tidy(() => void layer.apply(sequence)); // the result is computed when the call returns
  return (2 * time * batch * 4 * units * (inputs + units)) / 1e9;
});
