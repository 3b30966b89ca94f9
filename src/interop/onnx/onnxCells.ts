/** @file How a sequence is read by each cell in ONNX: by an operator of its own where there is one, else step by step. */
import type { CellName } from "../../common/names.js";
import { cells } from "../../network/cells.js";
import type { GraphBuilder } from "./onnxGraph.js";
import type { Steps, Weight } from "./onnxLayer.js";
import type { Node } from "./onnxMessages.js";

type WeightName = "kernel" | "recurrent" | "bias";

/** A direction's kernel, recurrent kernel and bias, and the state that it begins with, each [batch, units]; null for zeros. */
export type Direction = {
  weight: (name: WeightName) => Weight;
  initial: readonly string[] | null;
};

/** outputs [time, batch, directions · units]; last: of each direction the state after each row's last input, each [batch, units]. */
export type Reading = { outputs: string; last: string[][] };

export type Sequence = { values: string; steps: Steps };

/** @param directions one or two, the second backwards */
type Reader = (graph: GraphBuilder, sequence: Sequence, directions: readonly Direction[]) => Reading;

type Operator = {
  name: "RNN" | "LSTM" | "GRU";
  /** Which of our gates stands at each place of ONNX's: an LSTM's are i o f c, and ours i f c o. */
  gates: readonly number[];
  attributes?: (directions: number) => Node["attributes"];
};

type Plain = Pick<Weight, "shape" | "values">;

/** A weight of ours as ONNX has it. */
type Layout = (weight: Plain, gates: readonly number[]) => Float32Array;

/** ONNX says nothing of the state of a row without steps: it is the one that it begins with. */
const byOperator =
  (cell: CellName, { name, gates, attributes }: Operator): Reader =>
  (graph, { values, steps }, directions) => {
    const [first] = directions as [Direction];
    const [inputs, columns] = first.weight("kernel").shape as [number, number];
    const units = columns / gates.length;
    const count = directions.length;
    const constant = (suffix: string, part: WeightName, shape: number[], laidOut: Layout = transposed): string => {
      const each = directions.map(({ weight }) => laidOut(weight(part), gates));
      return graph.constant(`${graph.scope}/${suffix}`, [count, ...shape], joined(each));
    };
    const given = [
      values,
      constant("W", "kernel", [columns, inputs]),
      constant("R", "recurrent", [columns, units]),
      constant("B", "bias", [2 * columns], biases),
      steps.lengths,
      ...Array.from({ length: cells[cell].states }, (_, index) => stacked(graph, directions, index)),
    ];
    const [outputs, ...last] = graph.outputs(name, given, 1 + cells[cell].states, {
      hidden_size: units,
      direction: count === 2 ? "bidirectional" : "forward",
      ...attributes?.(count),
    }) as [string, ...string[]];
    const besides = graph.node("Transpose", [outputs], { perm: [0, 2, 1, 3] }); // of [time, directions, batch, units]
    const some = graph.node("Greater", [steps.lengths, graph.integer(0)]);
    const reads = graph.node("Unsqueeze", [some, graph.sizes(1)]); // [batch, 1]
    const after = (state: string, initial: string | undefined, direction: number): string =>
      graph.node("Where", [reads, graph.node("Gather", [state, graph.integer(direction)]), initial ?? graph.number(0)]);
    return {
      outputs: graph.node("Reshape", [besides, graph.sizes(0, 0, count * units)]),
      last: directions.map(({ initial }, index) => last.map((state, place) => after(state, initial?.[place], index))),
    };
  };

/** What all directions begin with, [directions, batch, units]; nothing for zeros. @param place among the tensors of a state */
function stacked(graph: GraphBuilder, directions: readonly Direction[], place: number): string {
  const each = directions.flatMap(({ initial }) =>
    initial === null ? [] : [graph.node("Unsqueeze", [initial[place]!, graph.sizes(0)])],
  );
  return each.length > 1 ? graph.node("Concat", each, { axis: 0 }) : (each[0] ?? "");
}

/** Keras's [rows, gates · units] as ONNX's [gates · units, rows], the gates in the order that is asked for. */
function transposed({ shape, values }: Plain, gates: readonly number[]): Float32Array {
  const [rows, columns] = shape as [number, number];
  const units = columns / gates.length;
  return Float32Array.from({ length: rows * columns }, (_, index) => {
    const row = index % rows;
    const place = (index - row) / rows;
    const unit = place % units;
    return values[row * columns + gates[(place - unit) / units]! * units + unit]!;
  });
}

/** The input's bias and the recurrent product's, [2 · gates · units]; the second is zero where there is one only. */
function biases({ shape, values }: Plain, gates: readonly number[]): Float32Array {
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

/** h' = tanh(x W + h U + b) + h: no operator of ONNX's, but a loop; a row keeps its state past its end. */
const residual: Reader = (graph, { values, steps }, directions) => {
  const readings = directions.map(({ weight, initial }, index) => {
    const product = graph.node("MatMul", [values, weight("kernel").name()]);
    const inputs = graph.node("Add", [product, weight("bias").name()]); // [time, batch, units]
    const body = residualStep(graph, `${graph.scope}/direction_${index}`, weight("recurrent"));
    const units = weight("recurrent").shape[0]!;
    const [start] = initial ?? [spread(graph, graph.number(0), steps.lengths, units)];
    return graph.outputs("Scan", [start!, inputs, steps.present], 2, {
      body,
      num_scan_inputs: 2,
      scan_input_directions: [index, index],
      scan_output_directions: [index],
    }) as [last: string, outputs: string];
  });
  const outputs = readings.map(([, each]) => each);
  return {
    outputs: outputs.length === 1 ? outputs[0]! : graph.node("Concat", outputs, { axis: 2 }),
    last: readings.map(([last]) => [last]),
  };
};

function residualStep(outer: GraphBuilder, name: string, recurrent: Weight) {
  const graph = outer.within();
  const units = recurrent.shape[0]!;
  const before = `${name}/before`;
  const input = `${name}/input`;
  const present = `${name}/present`;
  const sums = graph.node("Add", [input, graph.node("MatMul", [before, recurrent.name()])]);
  const next = graph.node("Add", [graph.node("Tanh", [sums]), before]);
  const kept = graph.node("Where", [present, next, before]);
  const outputs = ["after", "output"].map((part) => graph.named(`${name}/${part}`, kept));
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

/** A number or [units], the same for every row: [batch, units]. @param lengths [batch] */
export function spread(graph: GraphBuilder, values: string, lengths: string, units: number): string {
  const shape = graph.node("Concat", [graph.node("Shape", [lengths]), graph.sizes(units)], { axis: 0 });
  return graph.node("Expand", [values, shape]);
}

const activations = (name: string) => (directions: number) => ({ activations: Array<string>(directions).fill(name) });

export const readers: { [Name in CellName]: Reader } = {
  rnn: byOperator("rnn", { name: "RNN", gates: [0], attributes: activations("Tanh") }),
  "rnn-relu": byOperator("rnn-relu", { name: "RNN", gates: [0], attributes: activations("Relu") }),
  residual,
  lstm: byOperator("lstm", { name: "LSTM", gates: [0, 3, 1, 2] }),
  gru: byOperator("gru", { name: "GRU", gates: [0, 1, 2], attributes: () => ({ linear_before_reset: 1 }) }),
  "gru-reset-before": byOperator("gru-reset-before", { name: "GRU", gates: [0, 1, 2] }),
};
