/** @file The cells without a recurrent matrix in ONNX: a matmul of the whole sequence, then a Scan over the steps; past its end a row keeps its state. */
import type { RecurrentValues, Sequence } from "./onnxCells.js";
import type { GraphBuilder } from "./onnxGraph.js";
import { expandToBatch, type OnnxDirection, rmsNormalized } from "./onnxLayer.js";

/** The next state of a step, the output first. @param gates each [batch, units] @param memory the last tensor of the state before */
type Step = (graph: GraphBuilder, gates: readonly string[], memory: string) => string[];

/** sums: of the whole sequence, [time, batch, gates · units]. */
type Prepared = { sums: string; gates: number; step: Step };

/** @param values [time, batch, inputs] */
type Prepare = (graph: GraphBuilder, values: string, direction: OnnxDirection) => Prepared;

const sumOf = (graph: GraphBuilder, one: string, other: string): string => graph.node("Add", [one, other]);
const product = (graph: GraphBuilder, one: string, other: string): string => graph.node("Mul", [one, other]);
const sigmoid = (graph: GraphBuilder, value: string): string => graph.node("Sigmoid", [value]);

/** other + z (one - other) */
const mix = (graph: GraphBuilder, z: string, one: string, other: string): string =>
  sumOf(graph, other, product(graph, z, graph.node("Sub", [one, other])));

const biased = (graph: GraphBuilder, values: string, { weight }: OnnxDirection): string =>
  sumOf(graph, graph.node("MatMul", [values, weight("kernel").name()]), weight("bias").name());

const sru: Prepare = (graph, values, { index, weight }) => {
  const [kernel, recurrent, bias] = [weight("kernel"), weight("recurrent"), weight("bias")];
  const units = recurrent.shape[1]!;
  const rowOf = (name: string, all: Float32Array, row: number): string =>
    graph.constant(`${graph.scope}/${name}_${row}_${index}`, [units], all.slice(row * units, (row + 1) * units));
  const gate = (of: GraphBuilder, row: number, sum: string, memory: string): string => {
    const vector = product(of, rowOf("vector", recurrent.values, row), memory);
    return sigmoid(of, sumOf(of, sumOf(of, sum, vector), rowOf("bias", bias.values, row)));
  };
  const projected = graph.node("MatMul", [values, kernel.name()]);
  return {
    sums: kernel.shape[1] === 4 * units ? projected : graph.node("Concat", [projected, values], { axis: 2 }),
    gates: 4,
    step: (of, [candidate, forget, reset, skip], memory) => {
      const next = mix(of, gate(of, 0, forget!, memory), memory, candidate!);
      const highway = product(of, skip!, of.number(Math.sqrt(3)));
      return [mix(of, gate(of, 1, reset!, memory), next, highway), next];
    },
  };
};

const hgrn: Prepare = (graph, values, direction) => ({
  sums: biased(graph, values, direction),
  gates: 3,
  step: (of, [forget, candidate, output], memory) => {
    const { lowerBound } = direction;
    const above = product(of, sigmoid(of, forget!), of.number(1 - lowerBound));
    const silu = product(of, candidate!, sigmoid(of, candidate!));
    const next = mix(of, sumOf(of, above, of.number(lowerBound)), memory, silu);
    return [rmsNormalized(of, product(of, sigmoid(of, output!), next)), next];
  },
});

const mingru: Prepare = (graph, values, direction) => ({
  sums: biased(graph, values, direction),
  gates: 2,
  step: (of, [update, hidden], memory) => {
    const positive = of.node("Relu", [hidden!]);
    const candidate = sumOf(of, positive, sigmoid(of, of.node("Sub", [hidden!, positive])));
    return [mix(of, sigmoid(of, update!), candidate, memory)];
  },
});

/** As `OnnxCell`. */
const scanned =
  (prepare: Prepare, states: number) =>
  (graph: GraphBuilder, { values, steps }: Sequence, directions: readonly OnnxDirection[]): RecurrentValues => {
    const scans = directions.map((direction) => {
      const { index, initial, units } = direction;
      const prepared = prepare(graph, values, direction);
      const zeros = (): string => expandToBatch(graph, graph.number(0), steps.lengths, units);
      const starts = Array.from({ length: states }, (_, part) => initial?.[part] ?? zeros());
      return graph.outputs("Scan", [...starts, prepared.sums, steps.present], states + 1, {
        body: stepGraph(graph, `${graph.scope}/direction_${index}`, prepared, states, units),
        num_scan_inputs: 2,
        scan_input_directions: [index, index],
        scan_output_directions: [index],
      });
    });
    const outputs = scans.map((results) => results.at(-1)!);
    return {
      outputs: outputs.length === 1 ? outputs[0]! : graph.node("Concat", outputs, { axis: 2 }),
      last: scans.map((results) => results.slice(0, -1)),
    };
  };

function stepGraph(outer: GraphBuilder, name: string, { gates, step }: Prepared, states: number, units: number) {
  const graph = outer.nested();
  const before = Array.from({ length: states }, (_, part) => `${name}/before_${part}`);
  const [sums, present] = [`${name}/sums`, `${name}/present`];
  const sizes = graph.sizes(...Array<number>(gates).fill(units));
  const next = step(graph, graph.outputs("Split", [sums, sizes], gates, { axis: 1 }), before.at(-1)!);
  const after = next.map((value, part) =>
    graph.named(`${name}/after_${part}`, graph.node("Where", [present, value, before[part]!])),
  );
  const outputs = [...after, graph.named(`${name}/output`, after[0]!)];
  const state = { type: "float32", shape: ["batch", units] } as const;
  return graph.graph(
    name,
    [
      ...before.map((each) => ({ name: each, ...state })),
      { name: sums, type: "float32", shape: ["batch", gates * units] },
      { name: present, type: "bool", shape: ["batch", 1] },
    ],
    outputs.map((each) => ({ name: each, ...state })),
  );
}

/** The cells, by name. */
export const onnxElementwise = { sru: scanned(sru, 2), hgrn: scanned(hgrn, 2), mingru: scanned(mingru, 1) };
