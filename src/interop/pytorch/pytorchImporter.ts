/** @file Imports a PyTorch state dict, saved as safetensors: an embedding, recurrent layers and linear layers, under any module names. */
import { decodeSafetensors } from "../../checkpoint/safetensors.js";
import { inFile, UserError } from "../../common/errors.js";
import { poolingWidth } from "../../network/poolings.js";

import type { ImportTarget, ImportedNetwork, ImportedHead, ImportedLayer, Importer } from "../importers.js";
import { arrayName, type Module, type Modules, modulesOf } from "./modules.js";
import { fromOwnNames, hasOwnNames } from "./ownNames.js";
import { recurrentLayers } from "./pytorchRecurrent.js";
import { areSame, transposed, type Values, zerosOf } from "../importing/importedValues.js";

/** The input and output width of a module. */
type Link = { inputs: number; outputs: number };
type Linear = Link & { module: Module };
type Recurrent = Link & { layers: ImportedLayer[] };

export const pytorch: Importer = {
  describe: "a PyTorch state dict as safetensors",
  read: (bytes, source, target) => {
    const arrays = inFile(source, () => decodeSafetensors(bytes));
    return hasOwnNames(arrays)
      ? fromOwnNames(arrays, source, target.like)
      : fromModules(modulesOf(arrays, source), source, target);
  },
};

function fromModules(modules: Modules, source: string, target: ImportTarget): ImportedNetwork {
  if (modules.recurrent.length === 0) {
    throw new UserError(`${source} contains no recurrent layer; expected nn.LSTM, nn.GRU or nn.RNN`);
  }
  const recurrent = modules.recurrent.map((module) => linked(recurrentLayers(module, source, target.relu)));
  const { embedding, start } = findEmbedding(modules, recurrent, source, target);
  const { chain, width, rest } = chainLinks(recurrent, start);
  const [unlinked] = rest;
  if (unlinked) {
    throw new UserError(
      `${source}: ${unlinked.layers[0]!.name} has ${unlinked.inputs} inputs, but the layer before it has ${width} outputs`,
    );
  }
  const layers = chain.flatMap((link) => link.layers);
  const linears = modules.matrices.filter((module) => module !== embedding).map(linearOf);
  const { pooling } = target;
  const pooled = pooling ? poolingWidth(pooling, width) : width;
  const { dense, head } = topOf(linears, modules.biases, embedding, { source, target, width: pooled });
  return {
    layers: [
      ...(embedding ? [embeddingLayer(embedding)] : []),
      ...layers,
      ...(pooling ? [{ name: "pooling", spec: pooling, weights: {} }] : []),
      ...dense,
    ],
    head,
  };
}

/**
 * Orders modules so that each one reads the output of the one before it; the first that fits comes first.
 * @param width of the input of the first module
 * @returns the chain, the width of its output, and the modules that do not fit
 */
function chainLinks<L extends Link>(links: readonly L[], width: number): { chain: L[]; width: number; rest: L[] } {
  const rest = [...links];
  const chain: L[] = [];
  for (;;) {
    const next = rest.findIndex(({ inputs }) => inputs === width);
    if (next === -1) return { chain, width, rest };
    const [link] = rest.splice(next, 1) as [L];
    chain.push(link);
    width = link.outputs;
  }
}

const linked = (layers: ImportedLayer[]): Recurrent => ({
  layers,
  inputs: layers[0]!.weights["forward/kernel"]!.shape[0]!,
  outputs: layers.at(-1)!.weights["forward/recurrent"]!.shape[0]! * (layers.at(-1)!.weights["backward/bias"] ? 2 : 1),
});

const weightOf = ({ arrays }: Module): Values => arrays.get("weight")!;
const linearOf = (module: Module): Linear => {
  const [outputs, inputs] = weightOf(module).shape as [number, number];
  return { module, inputs, outputs };
};

const embeddingLayer = (module: Module): ImportedLayer => ({
  name: arrayName(module, "weight"),
  spec: { type: "embedding", units: weightOf(module).shape[1]! },
  weights: { table: weightOf(module) },
});

const embeddingName = /emb|encoder|wte|lookup|table|vector/i;

/** The module that is the embedding, null for rows of numbers, and the width of the input of the first recurrent layer. */
function findEmbedding(
  { matrices }: Modules,
  recurrent: readonly Recurrent[],
  source: string,
  { reads }: ImportTarget,
) {
  if ("width" in reads) return { embedding: null, start: reads.width };
  const fitting = matrices.filter(
    (module) =>
      !module.arrays.has("bias") && chainLinks(recurrent, weightOf(module).shape[1]!).rest.length < recurrent.length,
  );
  const named = fitting.filter(({ name }) => embeddingName.test(name));
  const candidates = named.length > 0 ? named : fitting;
  const [embedding, other] = candidates;
  if (!embedding) {
    throw new UserError(
      `${source} contains no embedding: a tensor weight [tokens, inputs of the first recurrent layer] without a bias`,
    );
  }
  if (other) {
    throw new UserError(
      `${source}: both ${arrayName(embedding, "weight")} and ${arrayName(other, "weight")} could be the embedding; rename the right one to "embedding"`,
    );
  }
  const [rows, width] = weightOf(embedding).shape as [number, number];
  if (rows !== reads.vocabulary) {
    throw new UserError(
      `${source}: the embedding ${arrayName(embedding, "weight")} has ${rows} rows, but the vocabulary has ${reads.vocabulary} tokens`,
    );
  }
  return { embedding, start: width };
}

type Top = { source: string; target: ImportTarget; width: number };

/** The linear layers: dense layers with ReLU, and the last one as the head. */
function topOf(linears: readonly Linear[], biases: readonly Module[], embedding: Module | null, top: Top) {
  const { source, target, width } = top;
  const { chain, width: end, rest } = chainLinks(linears, width);
  const [unlinked] = rest;
  if (unlinked) {
    throw new UserError(
      `${source}: ${arrayName(unlinked.module, "weight")} has ${unlinked.inputs} inputs, but the layer before it has ${end} outputs${target.pooling ? `, with --pooling ${target.pooling.over.join()}` : ""}`,
    );
  }
  const tied = tiedHead(chain, end, biases, embedding, target);
  const last = tied ? undefined : chain.pop();
  const head = tied ?? (last && headOf(last));
  if (!head) throw new UserError(`${source} contains no nn.Linear after its recurrent layers`);
  const unpaired = biases.find((module) => arrayName(module, "bias") !== head.name);
  if (unpaired) throw new UserError(`${source}: the tensor ${arrayName(unpaired, "bias")} has no weight`);
  const dense = chain.map(({ module, outputs }): ImportedLayer => ({
    name: arrayName(module, "weight"),
    spec: { type: "dense", units: outputs },
    weights: { kernel: transposed(weightOf(module)), bias: module.arrays.get("bias") ?? zerosOf(outputs) },
  }));
  return { dense, head };
}

const headOf = ({ module, outputs }: Linear): ImportedHead => ({
  name: arrayName(module, "weight"),
  kernel: transposed(weightOf(module)),
  bias: module.arrays.get("bias") ?? zerosOf(outputs),
});

/** A head with the weights of the embedding, which the file may contain twice or once. Removes it from the chain. */
function tiedHead(
  chain: Linear[],
  end: number,
  [bias, ...others]: readonly Module[],
  embedding: Module | null,
  { task }: ImportTarget,
): ImportedHead | null {
  if (task !== "generator" || !embedding) return null;
  const last = chain.at(-1);
  if (last && areSame(weightOf(last.module), weightOf(embedding))) {
    chain.pop();
    return { ...headOf(last), kernel: null };
  }
  const values = bias?.arrays.get("bias");
  const [tokens, width] = weightOf(embedding).shape;
  if (!values || others.length > 0 || values.shape[0] !== tokens || end !== width) return null;
  return { name: arrayName(bias!, "bias"), kernel: null, bias: values };
}
