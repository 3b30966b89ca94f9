/** @file What an ONNX graph is given and gives, by name: batches first, as others have them. */
import type { Task } from "../../common/names.js";
import type { Spec } from "../../network/spec.js";
import type { Vocabulary } from "../tokenizerJson/exportedVocabulary.js";
import type { GraphBuilder } from "./onnxGraph.js";
import { type Signal, type States, stepsOf } from "./onnxLayer.js";
import type { Value } from "./onnxMessages.js";

/** How a network's numbers are scaled: the columns of its rows, and what a regressor predicts. */
export type Scales = Pick<Vocabulary, "numbers" | "target">;

/** A graph that is being built, with what it is given and gives so far. */
export class Ports {
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];

  constructor(readonly graph: GraphBuilder) {}

  input(name: string, type: Value["type"], shape: Value["shape"]): string {
    this.inputs.push({ name, type, shape });
    return name;
  }

  output(name: string, value: string, shape: Value["shape"]): void {
    this.outputs.push({ name: this.graph.named(name, value), type: "float32", shape });
  }

  /** The state of a generator that reads a stream. */
  get states(): States {
    return {
      before: (name, units) => this.input(name, "float32", ["batch", units]),
      after: (name, units, value) => this.output(`next_${name}`, value, ["batch", units]),
    };
  }
}

/** What the first layer reads: tokens, words with their characters, or rows of numbers, which are scaled here. */
export function signalFrom(ports: Ports, { layers: [first], width }: Spec, { numbers }: Scales): Signal {
  const { graph } = ports;
  const turned = (name: string): string =>
    graph.node("Transpose", [name], { perm: width === undefined ? [1, 0] : [1, 0, 2] });
  const values =
    width === undefined
      ? turned(ports.input("tokens", "int32", ["batch", "time"]))
      : turned(scaled(graph, ports.input("numbers", "float32", ["batch", "time", width]), numbers!));
  const lengths = ports.input("lengths", "int32", ["batch"]);
  const spelling = first?.type === "words" ? spellingFrom(ports) : null;
  return { values, steps: stepsOf(graph, lengths, values), ends: null, spelling };
}

/** Of all words in all places, one after the other. */
function spellingFrom(ports: Ports): Signal["spelling"] {
  const { graph } = ports;
  const characters = ports.input("characters", "int32", ["batch", "time", "characters"]);
  const lengths = ports.input("character_lengths", "int32", ["batch", "time"]);
  const steps = graph.node("Transpose", [characters], { perm: [2, 1, 0] });
  return {
    characters: graph.node("Reshape", [steps, graph.sizes(0, -1)]),
    lengths: graph.node("Reshape", [graph.node("Transpose", [lengths], { perm: [1, 0] }), graph.sizes(-1)]),
  };
}

/** In double precision, as `rnn` does it, so that large numbers lose nothing. */
function scaled(graph: GraphBuilder, numbers: string, { columns, most }: NonNullable<Scales["numbers"]>): string {
  const each = (name: "mean" | "deviation"): string => {
    const values = Float64Array.from(columns, (scale) => scale[name]);
    return graph.constant(`scaling/${name}`, [columns.length], values);
  };
  const centred = graph.node("Sub", [graph.cast(numbers, "float64"), each("mean")]);
  const bounds = [-most, most].map((bound) => graph.double(bound));
  const clipped = graph.node("Clip", [graph.node("Div", [centred, each("deviation")]), ...bounds]);
  return graph.cast(clipped, "float32");
}

/** @param scores the head's outputs, [batch, time, classes] or [batch, classes] */
type Answer = (ports: Ports, scores: string, shape: Value["shape"], scales: Scales) => void;

const logits: Answer = (ports, scores, shape) => ports.output("logits", scores, shape);

const logitsAndProbabilities: Answer = (ports, scores, shape) => {
  ports.output("logits", scores, shape);
  ports.output("probabilities", ports.graph.node("Softmax", [scores], { axis: -1 }), shape);
};

export const answers: { [Kind in Task]: Answer } = {
  generator: logits,
  classifier: logitsAndProbabilities,
  tagger: logitsAndProbabilities,

  /** As the corpus has its numbers. */
  regressor: (ports, scores, _, { target }) => {
    const { graph } = ports;
    const wide = graph.cast(graph.node("Squeeze", [scores, graph.sizes(1)]), "float64");
    const spread = graph.node("Mul", [wide, graph.double(target!.deviation)]);
    const number = graph.cast(graph.node("Add", [spread, graph.double(target!.mean)]), "float32");
    ports.output("prediction", number, ["batch"]);
  },
};
