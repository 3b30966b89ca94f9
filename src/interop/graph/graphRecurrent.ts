/** @file A recurrent layer of the graph. It returns its sequence, its last outputs or both; its initial state is zero, learned, or an input. */
import type { JsonObject } from "../../common/json.js";
import { cellNamed } from "../../network/cells.js";
import type { SpecOf } from "../../network/layers/layer.js";
import { endsSuffice } from "../../network/layers/index.js";
import { ownRecurrent, type RecurrentClass, recurrentClass } from "./graphCells.js";
import type { GraphLayer, LayerWeight, GraphValue } from "./graph.js";
import { far, type Mask } from "./graphMask.js";
import type { GraphContext, GraphSignal } from "./graphContext.js";

type RecurrentSpec = SpecOf<"recurrent">;

const directionsOf = ({ bidirectional }: RecurrentSpec): string[] =>
  bidirectional ? ["forward", "backward"] : ["forward"];

export function addRecurrent(spec: RecurrentSpec, signal: GraphSignal, context: GraphContext): GraphSignal {
  const { graph, name, after, states } = context;
  const { mask, values } = signal;
  const count = cellNamed(spec.cell).states;
  const directions = directionsOf(spec);
  const usesLoaderLayer = graph.dialect === "tfjs" && spec.learnedStart === true && states === null;
  const sequences = !endsSuffice(after);
  const returnsState = states !== null || (sequences && readsEnds(after));
  const cell = usesLoaderLayer
    ? ownRecurrent(spec.cell, spec.units, true)
    : recurrentClass(spec.cell, graph.dialect, spec.units);
  const width = spec.units * directions.length;
  const shapes = [
    sequences ? [values.shape[0]!, width] : [width],
    ...Array.from({ length: returnsState ? count * directions.length : 0 }, () => [spec.units]),
  ];
  const layer: GraphLayer = {
    name,
    ...layerOf(name, cell, { sequences, state: returnsState }, spec.bidirectional),
    inputs: [graph.dialect === "tfjs" && mask ? withMask(context, values, mask) : values],
    mask: graph.dialect === "keras" ? mask?.flat : undefined,
    initialState: states
      ? inputStates(spec, context, states)
      : usesLoaderLayer
        ? undefined
        : learnedStates(spec, signal, context),
    weights: weightsOf(spec, context, usesLoaderLayer),
  };
  const outputs = graph.addAll(layer, shapes);
  for (const [index, state] of (states ?? []).entries()) graph.outputs[state] = outputs[index + 1]!;
  if (!sequences) return { ...signal, values: outputs[0]!, ends: outputs[0]! };
  const unmask = (value: GraphValue): GraphValue => (mask ? withoutMask(context, value) : value);
  const lasts = directions.map((_, index) => outputs[1 + index * count]!);
  const ends = states === null && returnsState ? graph.concatenate(`${name}_ends`, lasts.map(unmask)) : null;
  return { ...signal, values: unmask(outputs[0]!), ends };
}

/** Whether a later layer reads the last outputs: the pooling `last`, or a residual connection that ends before it. */
const readsEnds = (layers: GraphContext["after"]): boolean => {
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

/** The configuration of a layer nested in another. */
export const nested = (className: string, config: JsonObject): JsonObject => ({
  module: "keras.layers",
  class_name: className,
  config,
  registered_name: null,
});

/** TensorFlow.js has no mask argument: a Masking layer attaches the mask to the input of the recurrent layer. */
function withMask({ graph, name }: GraphContext, values: GraphValue, mask: Mask): GraphValue {
  const inputs = [mask.withFarPadding(`${name}_read`, values)];
  return graph.add(`${name}_masked`, {
    className: "Masking",
    config: { mask_value: -far },
    inputs,
    shape: values.shape,
  });
}

/** Removes the mask that TensorFlow.js attaches to the output: some layers cannot read one. */
const withoutMask = ({ graph, name }: GraphContext, value: GraphValue): GraphValue =>
  graph.dialect === "tfjs" ? graph.rescale(`${name}_unmasked_${value.output}`, value, { scale: 1, offset: 0 }) : value;

const inputStates = ({ units }: RecurrentSpec, { graph }: GraphContext, states: readonly string[]): GraphValue[] =>
  states.map((state) => graph.input(state, [units], "float32"));

/** A learned initial state is the bias of a dense layer with a zero kernel. */
function learnedStates(
  spec: RecurrentSpec,
  { mask }: GraphSignal,
  { graph, name, weight }: GraphContext,
): GraphValue[] | undefined {
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

/** In Keras a Bidirectional layer contains a layer for each direction, and each of these a cell. */
function weightsOf(spec: RecurrentSpec, { name, weight }: GraphContext, usesLoaderLayer: boolean): LayerWeight[] {
  return directionsOf(spec).flatMap((direction) => {
    const [tfjs, keras] = spec.bidirectional
      ? [`${name}/${direction}_${name}_cell`, `${direction}_layer/cell`]
      : [name, "cell"];
    const starts = usesLoaderLayer ? cellNamed(spec.cell).states : 0;
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
