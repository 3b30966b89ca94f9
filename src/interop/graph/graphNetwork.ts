/** @file A whole network as a graph: batch-major, with a mask for rows of different lengths; a generator of streams with its states as inputs and outputs. */
import { embeddingTable, headBias, headKernel, layerName, type Network } from "../../network/network.js";
import { kindOf } from "../../network/layers/index.js";
import { isPooled, type LayerSpec, type Spec } from "../../network/spec.js";
import { type Dialect, Graph } from "./graph.js";
import { addHead, addLayer } from "./graphLayers.js";
import { Mask } from "./graphMask.js";
import { type Signal, type Weight, weightsWithin } from "./signal.js";

export const logitsOutput = "logits";

/** Whether it carries its state from step to step, a token or more at a time, instead of reading a whole sequence anew. */
export const carriesState = (spec: Spec): boolean => spec.task === "generator" && !isPooled(spec);

/** Inputs in the order of the model's: `tokens` or `numbers`; `mask`, `characters`, `state_0` … where there are any. Outputs: `logits`, and `state_0` … */
export function graphOf(network: Network, dialect: Dialect): Graph {
  const { spec } = network;
  const graph = new Graph(dialect);
  const values = network.values();
  const { steps } = stepsOf(spec);
  const first =
    spec.width === undefined
      ? graph.input("tokens", [steps], "int32")
      : graph.input("numbers", [steps, spec.width], "float32");
  const carries = carriesState(spec);
  let signal: Signal = { values: first, ends: null, mask: carries ? null : Mask.input(graph, steps) };
  const earlier: Signal[] = [];
  const states = carries ? stateNames(spec) : null;
  for (const [index, layer] of spec.layers.entries()) {
    const next = addLayer(layer, signal, {
      graph,
      name: `${layer.type}_${index}`,
      weight: weightsWithin(values, `${layerName(layer, index)}/`),
      after: spec.layers.slice(index + 1),
      earlier,
      states: states && states[index]!,
    });
    earlier.push(signal);
    signal = next;
  }
  const kernel = spec.tied ? transposed(values.get(embeddingTable)!) : values.get(headKernel)!;
  graph.outputs = { [logitsOutput]: addHead(graph, signal, kernel, values.get(headBias)!), ...graph.outputs };
  return graph;
}

/** Of each layer the names of its states, numbered through. */
function stateNames({ layers }: Spec): string[][] {
  let count = 0;
  return layers.map((layer) =>
    kindOf(layer)
      .states(layer)
      .map(() => `state_${count++}`),
  );
}

/** What each state begins with, [units], in the order of the inputs `state_0` …: zeros, or what was learned; none where no state is carried. */
export function startsOf(network: Network): Float32Array[] {
  const { spec } = network;
  if (!carriesState(spec)) return [];
  const values = network.values();
  return spec.layers.flatMap((layer, index) =>
    kindOf(layer)
      .states(layer)
      .map(
        (units, state) =>
          values.get(`${layerName(layer, index)}/forward/start/${state}`)?.values ?? new Float32Array(units),
      ),
  );
}

/**
 * steps: how many a row must have where the network reads a fixed number of them, its own or padding, else null;
 * least: how many it must have at least, so that there is one window.
 */
export function stepsOf({ layers }: Spec): { steps: number | null; least: number } {
  const lost = layers.reduce((sum, layer) => sum + lostSteps(layer), 0);
  const flattened = layers.find((layer) => layer.type === "pooling" && layer.over.includes("flatten"));
  const steps = flattened?.type === "pooling" ? flattened.steps! + lost : null;
  return { steps, least: steps ?? lost + 1 };
}

const lostSteps = (layer: LayerSpec): number =>
  layer.type === "convolution" && layer.padding === "valid" ? layer.widths[0]!.size - 1 : 0;

function transposed({ shape: [rows, columns], values }: Weight): Weight {
  const turned = Float32Array.from(values, (_, at) => values[(at % rows!) * columns! + Math.floor(at / rows!)]!);
  return { shape: [columns!, rows!], values: turned };
}
