/** @file A PyTorch state dict, saved as safetensors: an embedding, recurrent layers, linear layers, in whatever modules they were. */
import { decodeSafetensors } from "../../checkpoint/safetensors.js";
import { inFile, UserError } from "../../common/errors.js";
import { poolingWidth } from "../../network/poolings.js";
import { chained, type Link } from "./moduleChain.js";
import type { Aim, Found, FoundHead, FoundLayer, Importer } from "../importing/found.js";
import { arrayName, type Module, type Modules, modulesOf } from "./modules.js";
import { fromOwnNames, hasOwnNames } from "./ownNames.js";
import { recurrentLayers } from "./pytorchRecurrent.js";
import { areSame, transposed, type Values, zerosOf } from "../importing/values.js";

type Linear = Link & { module: Module };
type Recurrent = Link & { layers: FoundLayer[] };

export const pytorch: Importer = {
  describe: "PyTorch's state dict as safetensors",
  read: (bytes, place, aim) => {
    const arrays = inFile(place, () => decodeSafetensors(bytes));
    return hasOwnNames(arrays)
      ? fromOwnNames(arrays, place, aim.like)
      : fromModules(modulesOf(arrays, place), place, aim);
  },
};

function fromModules(modules: Modules, place: string, aim: Aim): Found {
  if (modules.recurrent.length === 0) {
    throw new UserError(`${place} holds no recurrent layer: what is read are networks of nn.LSTM, nn.GRU or nn.RNN`);
  }
  const recurrent = modules.recurrent.map((module) => linked(recurrentLayers(module, place, aim.relu)));
  const { embedding, start } = firstOf(modules, recurrent, place, aim);
  const { chain, width, left } = chained(recurrent, start);
  const [lost] = left;
  if (lost) {
    throw new UserError(
      `${place}: ${lost.layers[0]!.name} reads ${lost.reads} numbers, and what comes before it gives ${width}`,
    );
  }
  const layers = chain.flatMap((link) => link.layers);
  const linears = modules.matrices.filter((module) => module !== embedding).map(linearOf);
  const { pooling } = aim;
  const pooled = pooling ? poolingWidth(pooling, width) : width;
  const { dense, head } = topOf(linears, modules.biases, embedding, { place, aim, width: pooled });
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

const linked = (layers: FoundLayer[]): Recurrent => ({
  layers,
  reads: layers[0]!.weights["forward/kernel"]!.shape[0]!,
  gives: layers.at(-1)!.weights["forward/recurrent"]!.shape[0]! * (layers.at(-1)!.weights["backward/bias"] ? 2 : 1),
});

const weightOf = ({ arrays }: Module): Values => arrays.get("weight")!;
const linearOf = (module: Module): Linear => {
  const [gives, reads] = weightOf(module).shape as [number, number];
  return { module, gives, reads };
};

const embeddingLayer = (module: Module): FoundLayer => ({
  name: arrayName(module, "weight"),
  spec: { type: "embedding", units: weightOf(module).shape[1]! },
  weights: { table: weightOf(module) },
});

const soundsLikeEmbedding = /emb|encoder|wte|lookup|table|vector/i;

/** The embedding, which reads tokens and from which all recurrent layers follow, and the width that these begin with. */
function firstOf({ matrices }: Modules, recurrent: readonly Recurrent[], place: string, { reads }: Aim) {
  if ("width" in reads) return { embedding: null, start: reads.width };
  const fitting = matrices.filter(
    (module) =>
      !module.arrays.has("bias") && chained(recurrent, weightOf(module).shape[1]!).left.length < recurrent.length,
  );
  const named = fitting.filter(({ name }) => soundsLikeEmbedding.test(name));
  const candidates = named.length > 0 ? named : fitting;
  const [embedding, other] = candidates;
  if (!embedding) {
    throw new UserError(
      `${place} holds no embedding: a tensor weight [tokens, width] as wide as what its first recurrent layer reads, without a bias`,
    );
  }
  if (other) {
    throw new UserError(
      `${place}: both ${arrayName(embedding, "weight")} and ${arrayName(other, "weight")} could be the embedding; call the one that is "embedding"`,
    );
  }
  const [rows, width] = weightOf(embedding).shape as [number, number];
  if (rows !== reads.vocabulary) {
    throw new UserError(
      `${place}: the embedding ${arrayName(embedding, "weight")} has ${rows} rows, and the vocabulary has ${reads.vocabulary} tokens; they must be as many`,
    );
  }
  return { embedding, start: width };
}

type Top = { place: string; aim: Aim; width: number };

/** Linear layers, of which the last is the head; all before it are followed by ReLU. */
function topOf(linears: readonly Linear[], biases: readonly Module[], embedding: Module | null, given: Top) {
  const { place, aim, width } = given;
  const { chain, width: end, left } = chained(linears, width);
  const [lost] = left;
  if (lost) {
    throw new UserError(
      `${place}: ${arrayName(lost.module, "weight")} reads ${lost.reads} numbers, and what comes before it gives ${end}${aim.pooling ? `, with --pooling ${aim.pooling.over.join()}` : ""}`,
    );
  }
  const tied = tiedHead(chain, end, biases, embedding, aim);
  const last = tied ? undefined : chain.pop();
  const head = tied ?? (last && headOf(last));
  if (!head) throw new UserError(`${place} holds no nn.Linear on top of its recurrent layers`);
  const alone = biases.find((module) => arrayName(module, "bias") !== head.name);
  if (alone) throw new UserError(`${place}: the tensor ${arrayName(alone, "bias")} has no weight beside it`);
  const dense = chain.map(({ module, gives }): FoundLayer => ({
    name: arrayName(module, "weight"),
    spec: { type: "dense", units: gives },
    weights: { kernel: transposed(weightOf(module)), bias: module.arrays.get("bias") ?? zerosOf(gives) },
  }));
  return { dense, head };
}

const headOf = ({ module, gives }: Linear): FoundHead => ({
  name: arrayName(module, "weight"),
  kernel: transposed(weightOf(module)),
  bias: module.arrays.get("bias") ?? zerosOf(gives),
});

/** A head whose weights are the embedding's: saved twice, or not again. Takes it out of the chain. */
function tiedHead(
  chain: Linear[],
  end: number,
  [bias, ...others]: readonly Module[],
  embedding: Module | null,
  { task }: Aim,
): FoundHead | null {
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
