/** @file The layers of TensorFlow.js on tfjs-node, on the benchmark's training rows. */
process.env.TF_CPP_MIN_LOG_LEVEL = "2";
process.env.TF_NUM_INTRAOP_THREADS = process.env.OMP_NUM_THREADS = String(JSON.parse(process.argv.at(-1)).threads);
const { default: tf } = await import("@tensorflow/tfjs-node");
const { row, serve } = await import("../serve.mjs");

const { vocabulary, embedding, units, batch, steps, optimizer: name } = row.shape;
const model = tf.sequential();
model.add(tf.layers.embedding({ inputDim: vocabulary, outputDim: embedding, inputLength: steps }));
for (const size of units) {
  model.add(tf.layers.lstm({ units: size, returnSequences: true, recurrentInitializer: "glorotNormal" }));
}
model.add(tf.layers.dense({ units: vocabulary }));
const optimizer = { adam: () => tf.train.adam(1e-3), sgd: () => tf.train.sgd(1) }[name]();
const inputs = tf.randomUniform([batch, steps], 0, vocabulary, "int32");
const targets = tf.oneHot(tf.randomUniform([batch * steps], 0, vocabulary, "int32"), vocabulary);

/** Gradients are not clipped: tf.layers has no clipping. */
function step() {
  tf.tidy(() => {
    const loss = () =>
      tf.losses.softmaxCrossEntropy(targets, model.apply(inputs, { training: true }).reshape([-1, vocabulary]));
    return optimizer.minimize(loss, true).dataSync();
  });
  return batch * steps;
}

await serve(`tf.layers on tfjs-node ${tf.version["tfjs-node"] ?? tf.version.tfjs}`, step);
