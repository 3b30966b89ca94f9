/** @file Which class each cell is: Keras's own and TensorFlow.js's own where there is one, else one of ours, which the loader beside the model declares. */
import type { JsonObject } from "../../common/json.js";
import type { CellName } from "../../common/names.js";
import type { Dialect } from "./graph.js";

/** A class of recurrent layer and its configuration, apart from what it returns. */
export type RecurrentClass = { className: string; config: JsonObject; registeredName?: string };

const simple =
  (activation: string) =>
  (units: number): RecurrentClass => ({ className: "SimpleRNN", config: { units, activation } });
const gates = { activation: "tanh", recurrent_activation: "sigmoid" };

/** A layer of ours in TensorFlow.js: any cell, with or without a learned start. */
export const ownRecurrent = (cell: string, units: number, learnedStart: boolean): RecurrentClass => ({
  className: "Recurrent",
  config: { cell, units, learned_start: learnedStart },
});

/** The name under which the loader registers the class with Keras. */
export const residualCell = "rnn_text>ResidualCell";

const classes: { [Name in CellName]: { [Of in Dialect]: (units: number) => RecurrentClass } } = {
  rnn: { keras: simple("tanh"), tfjs: simple("tanh") },
  "rnn-relu": { keras: simple("relu"), tfjs: simple("relu") },
  residual: {
    keras: (units) => ({
      className: "RNN",
      config: {
        cell: {
          module: null,
          class_name: "ResidualCell",
          registered_name: residualCell,
          config: { units, activation: "tanh" },
        },
      },
    }),
    tfjs: (units) => ownRecurrent("residual", units, false),
  },
  lstm: {
    keras: (units) => ({ className: "LSTM", config: { units, ...gates } }),
    tfjs: (units) => ({ className: "LSTM", config: { units, ...gates } }),
  },
  gru: {
    keras: (units) => ({ className: "GRU", config: { units, ...gates, reset_after: true } }),
    tfjs: (units) => ownRecurrent("gru", units, false), // its GRU resets before the product only
  },
  "gru-reset-before": {
    keras: (units) => ({ className: "GRU", config: { units, ...gates, reset_after: false } }),
    tfjs: (units) => ({ className: "GRU", config: { units, ...gates, reset_after: false } }),
  },
};

export const recurrentClass = (cell: string, dialect: Dialect, units: number): RecurrentClass =>
  classes[cell as CellName][dialect](units);
