/** @file A recurrent layer of the graph: its sequence, its ends or both, in one direction or two, from zeros, a learned start or a state that is an input. */
import type { JsonObject } from "../../common/json.js";
import { cellNamed } from "../../network/cells.js";
import type { SpecOf } from "../../network/layers/layer.js";
import { endsSuffice } from "../../network/layers/index.js";
import { ownRecurrent, type RecurrentClass, recurrentClass } from "./graphCells.js";
import type { GraphLayer, LayerWeight, Value } from "./graph.js";
import { far, type Mask } from "./graphMask.js";
import type { Place, Signal } from "./signal.js";

type RecurrentSpec = SpecOf<"recurrent">;

const directionsOf = ({ bidirectional }: RecurrentSpec): string[] =>
  bidirectional ? ["forward", "backward"] : ["forward"];

export function addRecurrent(spec: RecurrentSpec, signal: Signal, place: Place): Signal {
  const { graph, name, after, states } = place;
  const { mask, values } = signal;
  const count = cellNamed(spec.cell).states;
  const directions = directionsOf(spec);
  const ownStart = graph.dialect === "tfjs" && spec.learnedStart === true && states === null;
  const sequences = !endsSuffice(after);
  const returnsState = states !== null || (sequences && readsEnds(after));
  const cell = ownStart
    ? ownRecurrent(spec.cell, spec.units, true)
    : recurrentClass(spec.cell, graph.dialect, spec.units);
  const joined = spec.units * directions.length;
  const shapes = [
    sequences ? [values.shape[0]!, joined] : [joined],
    ...Array.from({ length: returnsState ? count * directions.length : 0 }, () => [spec.units]),
  ];
  const layer: GraphLayer = {
    name,
    ...layerOf(name, cell, { sequences, state: returnsState }, spec.bidirectional),
    inputs: [graph.dialect === "tfjs" && mask ? masked(place, values, mask) : values],
    mask: graph.dialect === "keras" ? mask?.flat : undefined,
    initialState: states ? inputStates(spec, place, states) : ownStart ? undefined : learnedStates(spec, signal, place),
    weights: weightsOf(spec, place, ownStart),
  };
  const outputs = graph.addAll(layer, shapes);
  for (const [index, state] of (states ?? []).entries()) graph.outputs[state] = outputs[index + 1]!;
  if (!sequences) return { ...signal, values: outputs[0]!, ends: outputs[0]! };
  const plain = (value: Value): Value => (mask ? unmasked(place, value) : value);
  const lasts = directions.map((_, index) => outputs[1 + index * count]!);
  const ends = states === null && returnsState ? graph.concatenate(`${name}_ends`, lasts.map(plain)) : null;
  return { ...signal, values: plain(outputs[0]!), ends };
}

/** Whether the last outputs are read of what these layers are given: by a pooling, past what leaves a sequence as it is, or by a residual connection that leads there. */
const readsEnds = (layers: Place["after"]): boolean => {
  const [first, ...others] = layers;
  if (first?.type === "pooling") return first.over.includes("last");
  const passes = first !== undefined && first.type !== "recurrent" && readsEnds(others);
  return (
    passes ||
    layers.some(
      (layer, index) => layer.type === "residual" && layer.over === index && readsEnds(layers.slice(index + 1)),
    )
  );
};

function layerOf(
  name: string,
  { className, config }: RecurrentClass,
  returns: { sequences: boolean; state: boolean },
  bidirectional: boolean,
): Pick<GraphLayer, "className" | "config"> {
  const whole: JsonObject = { ...config, return_sequences: returns.sequences, return_state: returns.state };
  if (!bidirectional) return { className, config: whole };
  const layer = nested(className, { name: `${name}_cell`, ...whole });
  return { className: "Bidirectional", config: { merge_mode: "concat", layer } };
}

/** A layer within a layer's configuration. */
export const nested = (className: string, config: JsonObject): JsonObject => ({
  module: "keras.layers",
  class_name: className,
  config,
  registered_name: null,
});

/** TensorFlow.js passes masks from layer to layer alone: one is attached to what a recurrent layer reads. */
function masked({ graph, name }: Place, values: Value, mask: Mask): Value {
  const inputs = [mask.farBeyond(`${name}_read`, values)];
  return graph.add(`${name}_masked`, {
    className: "Masking",
    config: { mask_value: -far },
    inputs,
    shape: values.shape,
  });
}

/** The same without the mask that TensorFlow.js attaches to every output: not all layers can read one. */
const unmasked = ({ graph, name }: Place, value: Value): Value =>
  graph.dialect === "tfjs" ? graph.rescale(`${name}_unmasked_${value.output}`, value, { scale: 1, offset: 0 }) : value;

const inputStates = ({ units }: RecurrentSpec, { graph }: Place, states: readonly string[]): Value[] =>
  states.map((state) => graph.input(state, [units], "float32"));

/** A learned start is a bias: what a dense layer makes of anything where its kernel is zero. */
function learnedStates(spec: RecurrentSpec, { mask }: Signal, { graph, name, weight }: Place): Value[] | undefined {
  if (!spec.learnedStart) return undefined;
  return directionsOf(spec).flatMap((direction) =>
    Array.from({ length: cellNamed(spec.cell).states }, (_, index) =>
      graph.add(`${name}_${direction}_start_${index}`, {
        className: "Dense",
        config: { units: spec.units },
        inputs: [mask!.any],
        shape: [spec.units],
        weights: {
          kernel: { shape: [1, spec.units], values: new Float32Array(spec.units) },
          bias: weight(`${direction}/start/${index}`),
        },
      }),
    ),
  );
}

const weightNames = { kernel: "kernel", recurrent: "recurrent_kernel", bias: "bias" };

/** Keras's bidirectional layer holds a layer for each direction, and each layer a cell. */
function weightsOf(spec: RecurrentSpec, { name, weight }: Place, ownStart: boolean): LayerWeight[] {
  return directionsOf(spec).flatMap((direction) => {
    const [tfjs, keras] = spec.bidirectional
      ? [`${name}/${direction}_${name}_cell`, `${direction}_layer/cell`]
      : [name, "cell"];
    const starts = ownStart ? cellNamed(spec.cell).states : 0;
    return [
      ...Object.entries(weightNames).map(([ours, theirs], index) => ({
        ...weight(`${direction}/${ours}`),
        tfjs: `${tfjs}/${theirs}`,
        keras: `${keras}/vars/${index}`,
      })),
      ...Array.from({ length: starts }, (_, index) => ({
        ...weight(`${direction}/start/${index}`),
        tfjs: `${tfjs}/start_${index}`,
        keras: "",
      })),
    ];
  });
}
