/** @file Converts a network to a graph: batch-major, with a mask for rows of different lengths. A generator of streams has its states as inputs and outputs. */
import { embeddingTable, headBias, headKernel, layerName, type Network } from "../../network/network.js";
import { kindOf } from "../../network/layers/index.js";
import { isPooled, type LayerSpec, type Spec } from "../../network/spec.js";
import { type Dialect, Graph } from "./graph.js";
import { addHead, addLayer } from "./graphLayers.js";
import { Mask } from "./graphMask.js";
import { type GraphSignal, type GraphWeight, weightsWithin } from "./graphContext.js";

export const logitsOutput = "logits";

/** Whether the network carries its state from call to call, instead of reading a whole sequence each time. */
export const carriesState = (spec: Spec): boolean => spec.task === "generator" && !isPooled(spec);

/** Inputs: `tokens` or `numbers`, then `mask`, `characters`, `state_0` … if the network reads them. Outputs: `logits`, and `state_0` … */
export function buildGraph(network: Network, dialect: Dialect): Graph {
  const { spec } = network;
  const graph = new Graph(dialect);
  const values = network.values();
  const { steps } = stepLimits(spec);
  const first =
    spec.width === undefined
      ? graph.input("tokens", [steps], "int32")
      : graph.input("numbers", [steps, spec.width], "float32");
  const carries = carriesState(spec);
  let signal: GraphSignal = { values: first, ends: null, mask: carries ? null : Mask.input(graph, steps) };
  const earlier: GraphSignal[] = [];
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

/** The names of the states of each layer, numbered over all layers. */
function stateNames({ layers }: Spec): string[][] {
  let count = 0;
  return layers.map((layer) =>
    kindOf(layer)
      .states(layer)
      .map(() => `state_${count++}`),
  );
}

/** The initial states, each [units], in the order of the inputs `state_0` …: zeros, or the learned ones; none if no state is carried. */
export function initialStates(network: Network): Float32Array[] {
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
 * steps: the number of steps of each row, padding included, if the network reads a fixed number; else null.
 * least: the least number of steps, so that a convolution without padding has one window.
 */
export function stepLimits({ layers }: Spec): { steps: number | null; least: number } {
  const lost = layers.reduce((sum, layer) => sum + lostSteps(layer), 0);
  const flattened = layers.find((layer) => layer.type === "pooling" && layer.over.includes("flatten"));
  const steps = flattened?.type === "pooling" ? flattened.steps! + lost : null;
  return { steps, least: steps ?? lost + 1 };
}

const lostSteps = (layer: LayerSpec): number =>
  layer.type === "convolution" && layer.padding === "valid" ? layer.widths[0]!.size - 1 : 0;

function transposed({ shape: [rows, columns], values }: GraphWeight): GraphWeight {
  const turned = Float32Array.from(values, (_, at) => values[(at % rows!) * columns! + Math.floor(at / rows!)]!);
  return { shape: [columns!, rows!], values: turned };
}
