/** @file Recurrent layers that TensorFlow.js does not have: two cells, and any cell with a learned initial state. Import it before the model is loaded. */
import * as tf from "@tensorflow/tfjs";

const SimpleRNNCell = tf.layers.simpleRNNCell({ units: 1 }).constructor;
const GRUCell = tf.layers.gruCell({ units: 1 }).constructor;

/** h' = tanh(x W + h U + b) + h */
class ResidualCell extends SimpleRNNCell {
  static className = "ResidualCell";
  call([input, output], options) {
    const next = tf.add(super.call([input, output], options)[0], output);
    return [next, next];
  }
}

/** The GRU of Keras with `reset_after`: the reset gate is applied after the recurrent matmul, which has its own bias. */
class ResetAfterGRUCell extends GRUCell {
  static className = "ResetAfterGRUCell";
  build(shape) {
    const { units } = this;
    this.kernel = this.addWeight("kernel", [shape.at(-1), 3 * units], "float32", this.kernelInitializer);
    this.recurrentKernel = this.addWeight("recurrent_kernel", [units, 3 * units], "float32", this.kernelInitializer);
    this.bias = this.addWeight("bias", [2, 3 * units], "float32", this.biasInitializer);
    this.built = true;
  }
  call([input, output]) {
    return tf.tidy(() => {
      const [inputBias, recurrentBias] = tf.unstack(this.bias.read());
      const inputGates = tf.split(tf.add(tf.matMul(input, this.kernel.read()), inputBias), 3, 1);
      const recurrentGates = tf.split(tf.add(tf.matMul(output, this.recurrentKernel.read()), recurrentBias), 3, 1);
      const [z, r] = [0, 1].map((gate) => tf.sigmoid(tf.add(inputGates[gate], recurrentGates[gate])));
      const candidate = tf.tanh(tf.add(inputGates[2], tf.mul(r, recurrentGates[2])));
      const next = tf.add(candidate, tf.mul(z, tf.sub(output, candidate))); // (1 - z) g + z h
      return [next, next];
    });
  }
}

const cells = {
  rnn: (units) => tf.layers.simpleRNNCell({ units, activation: "tanh" }),
  "rnn-relu": (units) => tf.layers.simpleRNNCell({ units, activation: "relu" }),
  residual: (units) => new ResidualCell({ units, activation: "tanh" }),
  lstm: (units) => tf.layers.lstmCell({ units, activation: "tanh", recurrentActivation: "sigmoid" }),
  gru: (units) => new ResetAfterGRUCell({ units }),
  "gru-reset-before": (units) => tf.layers.gruCell({ units, activation: "tanh", recurrentActivation: "sigmoid" }),
};

class Recurrent extends tf.RNN {
  static className = "Recurrent";
  constructor({ cell, units, learnedStart, ...options }) {
    super({ ...options, cell: cells[cell](units) });
    this.own = { cell, units, learnedStart };
    this.starts = [];
  }
  build(shape) {
    super.build(shape);
    if (!this.own.learnedStart) return;
    const sizes = [this.cell.stateSize].flat();
    this.starts = sizes.map((size, index) =>
      this.addWeight(`start_${index}`, [size], "float32", tf.initializers.zeros()),
    );
  }
  getInitialState(inputs) {
    if (!this.own.learnedStart) return super.getInitialState(inputs);
    return this.starts.map((start) => tf.tile(tf.expandDims(start.read()), [inputs.shape[0], 1]));
  }
  get trainableWeights() {
    return [...super.trainableWeights, ...(this.starts ?? [])];
  }
  getConfig() {
    const { name, returnSequences, returnState, goBackwards } = this;
    return { name, ...this.own, returnSequences, returnState, goBackwards };
  }
  static fromConfig(kind, config) {
    return new kind(config);
  }
}
tf.serialization.registerClass(Recurrent);
