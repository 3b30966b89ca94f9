/** @file The recurrent cells in ONNX: an operator of ONNX if there is one, else a Scan over the steps. */
import type { CellName } from "../../common/names.js";
import { cells } from "../../network/cells.js";
import type { GraphBuilder } from "./onnxGraph.js";
import { onnxElementwise } from "./onnxElementwise.js";
import { expandToBatch, type OnnxDirection, type OnnxSteps, type OnnxWeight, type WeightName } from "./onnxLayer.js";
import type { OnnxNode } from "./onnxMessages.js";

/** outputs: [time, batch, directions · units]; last: for each direction the state after the last step of each row, each tensor [batch, units]. */
export type RecurrentValues = { outputs: string; last: string[][] };

export type Sequence = { values: string; steps: OnnxSteps };

/** @param directions one or two; the second reads backwards */
type OnnxCell = (graph: GraphBuilder, sequence: Sequence, directions: readonly OnnxDirection[]) => RecurrentValues;

type Operator = {
  name: "RNN" | "LSTM" | "GRU";
  /** For each gate of ONNX, the index of rnn's: an LSTM's gates are i o f c in ONNX and i f c o here. */
  gates: readonly number[];
  attributes?: (directions: number) => OnnxNode["attributes"];
};

type PlainWeight = Pick<OnnxWeight, "shape" | "values">;

/** Converts a weight to the layout of ONNX. */
type Layout = (weight: PlainWeight, gates: readonly number[]) => Float32Array;

/** ONNX does not define the last state of a row without steps; here it is the initial state. */
const byOperator =
  (cell: CellName, { name, gates, attributes }: Operator): OnnxCell =>
  (graph, { values, steps }, directions) => {
    const [first] = directions as [OnnxDirection];
    const [inputs, columns] = first.weight("kernel").shape as [number, number];
    const units = columns / gates.length;
    const count = directions.length;
    const constant = (suffix: string, part: WeightName, shape: number[], laidOut: Layout = transposed): string => {
      const each = directions.map(({ weight }) => laidOut(weight(part), gates));
      return graph.constant(`${graph.scope}/${suffix}`, [count, ...shape], joined(each));
    };
    const operands = [
      values,
      constant("W", "kernel", [columns, inputs]),
      constant("R", "recurrent", [columns, units]),
      constant("B", "bias", [2 * columns], biases),
      steps.lengths,
      ...Array.from({ length: cells[cell].states }, (_, index) => stackedInitialState(graph, directions, index)),
    ];
    const [outputs, ...last] = graph.outputs(name, operands, 1 + cells[cell].states, {
      hidden_size: units,
      direction: count === 2 ? "bidirectional" : "forward",
      ...attributes?.(count),
    }) as [string, ...string[]];
    const joinedOutputs = graph.node("Transpose", [outputs], { perm: [0, 2, 1, 3] }); // [time, batch, directions, units]
    const isNotEmpty = graph.node("Unsqueeze", [
      graph.node("Greater", [steps.lengths, graph.integer(0)]),
      graph.sizes(1),
    ]); // [batch, 1]
    const lastState = (state: string, initial: string | undefined, direction: number): string =>
      graph.node("Where", [
        isNotEmpty,
        graph.node("Gather", [state, graph.integer(direction)]),
        initial ?? graph.number(0),
      ]);
    return {
      outputs: graph.node("Reshape", [joinedOutputs, graph.sizes(0, 0, count * units)]),
      last: directions.map(({ initial }, direction) =>
        last.map((state, index) => lastState(state, initial?.[index], direction)),
      ),
    };
  };

/** The initial state of all directions, [directions, batch, units]; an empty name for zeros. @param index of the tensor within the state */
function stackedInitialState(graph: GraphBuilder, directions: readonly OnnxDirection[], index: number): string {
  const each = directions.flatMap(({ initial }) =>
    initial === null ? [] : [graph.node("Unsqueeze", [initial[index]!, graph.sizes(0)])],
  );
  return each.length > 1 ? graph.node("Concat", each, { axis: 0 }) : (each[0] ?? "");
}

/** [rows, gates · units] → [gates · units, rows], with the gates in another order. */
function transposed({ shape, values }: PlainWeight, gates: readonly number[]): Float32Array {
  const [rows, columns] = shape as [number, number];
  const units = columns / gates.length;
  return Float32Array.from({ length: rows * columns }, (_, index) => {
    const row = index % rows;
    const column = (index - row) / rows;
    const unit = column % units;
    return values[row * columns + gates[(column - unit) / units]! * units + unit]!;
  });
}

/** The bias of the input and the bias of the recurrent matmul, [2 · gates · units]; the second is zero if a cell has one bias. */
function biases({ shape, values }: PlainWeight, gates: readonly number[]): Float32Array {
  const columns = shape.at(-1)!;
  const both = new Float32Array(2 * columns);
  for (let from = 0; from < values.length; from += columns) {
    both.set(transposed({ shape: [1, columns], values: values.subarray(from, from + columns) }, gates), from);
  }
  return both;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** h' = tanh(x W + h U + b) + h, as a Scan; past its end a row keeps its state. */
const residual: OnnxCell = (graph, { values, steps }, directions) => {
  const scans = directions.map(({ weight, initial }, index) => {
    const product = graph.node("MatMul", [values, weight("kernel").name()]);
    const inputs = graph.node("Add", [product, weight("bias").name()]); // [time, batch, units]
    const body = residualStep(graph, `${graph.scope}/direction_${index}`, weight("recurrent"));
    const units = weight("recurrent").shape[0]!;
    const [start] = initial ?? [expandToBatch(graph, graph.number(0), steps.lengths, units)];
    return graph.outputs("Scan", [start!, inputs, steps.present], 2, {
      body,
      num_scan_inputs: 2,
      scan_input_directions: [index, index],
      scan_output_directions: [index],
    }) as [last: string, outputs: string];
  });
  const outputs = scans.map(([, each]) => each);
  return {
    outputs: outputs.length === 1 ? outputs[0]! : graph.node("Concat", outputs, { axis: 2 }),
    last: scans.map(([last]) => [last]),
  };
};

function residualStep(outer: GraphBuilder, name: string, recurrent: OnnxWeight) {
  const graph = outer.nested();
  const units = recurrent.shape[0]!;
  const before = `${name}/before`;
  const input = `${name}/input`;
  const present = `${name}/present`;
  const sums = graph.node("Add", [input, graph.node("MatMul", [before, recurrent.name()])]);
  const next = graph.node("Add", [graph.node("Tanh", [sums]), before]);
  const masked = graph.node("Where", [present, next, before]);
  const outputs = ["after", "output"].map((part) => graph.named(`${name}/${part}`, masked));
  const state = { type: "float32", shape: ["batch", units] } as const;
  return graph.graph(
    name,
    [
      { name: before, ...state },
      { name: input, ...state },
      { name: present, type: "bool", shape: ["batch", 1] },
    ],
    outputs.map((output) => ({ name: output, ...state })),
  );
}

/** Also reads the characters of words. */
export const onnxLstm = byOperator("lstm", { name: "LSTM", gates: [0, 3, 1, 2] });

const activations = (name: string) => (directions: number) => ({ activations: Array<string>(directions).fill(name) });

/** The cells that the ONNX exporter supports. */
export const onnxCells: Partial<Record<string, OnnxCell>> = {
  rnn: byOperator("rnn", { name: "RNN", gates: [0], attributes: activations("Tanh") }),
  "rnn-relu": byOperator("rnn-relu", { name: "RNN", gates: [0], attributes: activations("Relu") }),
  residual,
  lstm: onnxLstm,
  gru: byOperator("gru", { name: "GRU", gates: [0, 1, 2], attributes: () => ({ linear_before_reset: 1 }) }),
  "gru-reset-before": byOperator("gru-reset-before", { name: "GRU", gates: [0, 1, 2] }),
  ...onnxElementwise,
};
