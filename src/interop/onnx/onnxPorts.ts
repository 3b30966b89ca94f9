/** @file The named inputs and outputs of an ONNX graph, batch-major. */
import type { Task } from "../../common/names.js";
import type { Spec } from "../../network/spec.js";
import type { Vocabulary } from "../tokenizerJson/exportedVocabulary.js";
import type { GraphBuilder } from "./onnxGraph.js";
import { type OnnxSignal, type StatePorts, stepsOfLengths } from "./onnxLayer.js";
import type { OnnxValue } from "./onnxMessages.js";

/** The scaling of the columns that a network reads, and of the number that a regressor predicts. */
export type Scales = Pick<Vocabulary, "numbers" | "target">;

/** Collects the inputs and outputs of a graph while it is built. */
export class Ports {
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];

  constructor(readonly graph: GraphBuilder) {}

  input(name: string, type: OnnxValue["type"], shape: OnnxValue["shape"]): string {
    this.inputs.push({ name, type, shape });
    return name;
  }

  output(name: string, value: string, shape: OnnxValue["shape"]): void {
    this.outputs.push({ name: this.graph.named(name, value), type: "float32", shape });
  }

  /** State inputs and outputs, for a generator that reads a stream. */
  get states(): StatePorts {
    return {
      before: (name, units) => this.input(name, "float32", ["batch", units]),
      after: (name, units, value) => this.output(`next_${name}`, value, ["batch", units]),
    };
  }
}

/** The input of the first layer: tokens, words with their characters, or rows of numbers, which are scaled here. */
export function inputSignal(ports: Ports, { layers: [first], width }: Spec, { numbers }: Scales): OnnxSignal {
  const { graph } = ports;
  const timeMajor = (name: string): string =>
    graph.node("Transpose", [name], { perm: width === undefined ? [1, 0] : [1, 0, 2] });
  const values =
    width === undefined
      ? timeMajor(ports.input("tokens", "int32", ["batch", "time"]))
      : timeMajor(scaled(graph, ports.input("numbers", "float32", ["batch", "time", width]), numbers!));
  const lengths = ports.input("lengths", "int32", ["batch"]);
  const spelling = first?.type === "words" ? characterInputs(ports) : null;
  return { values, steps: stepsOfLengths(graph, lengths, values), ends: null, spelling };
}

/** The characters of all words of all steps, [characters, time · batch]. */
function characterInputs(ports: Ports): OnnxSignal["spelling"] {
  const { graph } = ports;
  const characters = ports.input("characters", "int32", ["batch", "time", "characters"]);
  const lengths = ports.input("character_lengths", "int32", ["batch", "time"]);
  const steps = graph.node("Transpose", [characters], { perm: [2, 1, 0] });
  return {
    characters: graph.node("Reshape", [steps, graph.sizes(0, -1)]),
    lengths: graph.node("Reshape", [graph.node("Transpose", [lengths], { perm: [1, 0] }), graph.sizes(-1)]),
  };
}

/** Scales in double precision, as `rnn` does, so that large numbers lose no digits. */
function scaled(graph: GraphBuilder, numbers: string, { columns, most }: NonNullable<Scales["numbers"]>): string {
  const each = (name: "mean" | "deviation"): string => {
    const values = Float64Array.from(columns, (scale) => scale[name]);
    return graph.constant(`scaling/${name}`, [columns.length], values);
  };
  const centered = graph.node("Sub", [graph.cast(numbers, "float64"), each("mean")]);
  const bounds = [-most, most].map((bound) => graph.double(bound));
  const clipped = graph.node("Clip", [graph.node("Div", [centered, each("deviation")]), ...bounds]);
  return graph.cast(clipped, "float32");
}

/** @param scores outputs of the head, [batch, time, classes] or [batch, classes] */
type AddOutputs = (ports: Ports, scores: string, shape: OnnxValue["shape"], scales: Scales) => void;

const logits: AddOutputs = (ports, scores, shape) => ports.output("logits", scores, shape);

const logitsAndProbabilities: AddOutputs = (ports, scores, shape) => {
  ports.output("logits", scores, shape);
  ports.output("probabilities", ports.graph.node("Softmax", [scores], { axis: -1 }), shape);
};

/** Adds the outputs of a graph, by task. */
export const addOutputs: { [Kind in Task]: AddOutputs } = {
  generator: logits,
  classifier: logitsAndProbabilities,
  tagger: logitsAndProbabilities,

  /** Unscaled, as the numbers of the corpus. */
  regressor: (ports, scores, _, { target }) => {
    const { graph } = ports;
    const wide = graph.cast(graph.node("Squeeze", [scores, graph.sizes(1)]), "float64");
    const scaledBack = graph.node("Mul", [wide, graph.double(target!.deviation)]);
    const number = graph.cast(graph.node("Add", [scaledBack, graph.double(target!.mean)]), "float32");
    ports.output("prediction", number, ["batch"]);
  },
};
