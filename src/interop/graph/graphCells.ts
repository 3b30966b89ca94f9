/** @file The recurrent cells as layer classes: built into Keras or TensorFlow.js if they exist there, else defined by the exported loader. */
import type { JsonObject } from "../../common/json.js";
import type { Dialect } from "./graph.js";

/** The class of a recurrent layer and its configuration, without return_sequences and return_state. */
export type RecurrentClass = { className: string; config: JsonObject; registeredName?: string };

const simple =
  (activation: string) =>
  (units: number): RecurrentClass => ({ className: "SimpleRNN", config: { units, activation } });
const gates = { activation: "tanh", recurrent_activation: "sigmoid" };

/** The layer of loaders/tfjs/recurrent.mjs: any cell, with or without a learned initial state. */
export const ownRecurrent = (cell: string, units: number, learnedStart: boolean): RecurrentClass => ({
  className: "Recurrent",
  config: { cell, units, learned_start: learnedStart },
});

/** The name under which loaders/keras/model.py registers the class. */
export const residualCell = "rnn_text>ResidualCell";

/** The cells that each library supports. */
export const graphCells: Partial<Record<string, { [Name in Dialect]?: (units: number) => RecurrentClass }>> = {
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
    tfjs: (units) => ownRecurrent("gru", units, false), // TensorFlow.js's GRU has no reset_after
  },
  "gru-reset-before": {
    keras: (units) => ({ className: "GRU", config: { units, ...gates, reset_after: false } }),
    tfjs: (units) => ({ className: "GRU", config: { units, ...gates, reset_after: false } }),
  },
};

export const recurrentClass = (cell: string, dialect: Dialect, units: number): RecurrentClass =>
  graphCells[cell]![dialect]!(units);
