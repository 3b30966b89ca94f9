/** @file Weights under rnn's own names, as its export for PyTorch has them, trained on elsewhere. */
import type { NamedArrays } from "../../checkpoint/checkpoint.js";
import { UserError } from "../../common/errors.js";
import { headBias, headKernel, layerName } from "../../network/network.js";
import type { Spec } from "../../network/spec.js";
import { weightsFrom } from "../../network/storedWeights.js";
import type { Found } from "../importing/found.js";
import type { Values } from "../importing/values.js";

/** What a module is called in those that wrap it: DistributedDataParallel, a compiled one. */
const wrapper = /^(?:module\.|_orig_mod\.)+/;
const ownName = /^(?:\d+-[a-z]+|head)\//;

export const hasOwnNames = (arrays: NamedArrays): boolean =>
  arrays.size > 0 && [...arrays.keys()].every((name) => ownName.test(name.replace(wrapper, "")));

/** @param like the network that they are weights of @throws UserError where they are not */
export function fromOwnNames(arrays: NamedArrays, place: string, like: Spec | null): Found {
  if (!like) {
    throw new UserError(
      `${place} holds weights under rnn's own names, which do not say how its layers work: name the checkpoint that they were exported from with --like`,
    );
  }
  const weights = new Map([...weightsFrom(arrays, place)].map(([name, values]) => [name.replace(wrapper, ""), values]));
  const take = (name: string): Values | null => {
    const found = weights.get(name);
    weights.delete(name);
    return found ?? null;
  };
  const kernel = take(headKernel);
  const bias = take(headBias);
  if (!bias || (!kernel && !like.tied)) {
    throw new UserError(`${place} lacks the tensor ${bias ? headKernel : headBias}`);
  }
  const layers = like.layers.map((spec, index) => {
    const prefix = `${layerName(spec, index)}/`;
    const own = [...weights.keys()].filter((name) => name.startsWith(prefix));
    return {
      name: layerName(spec, index),
      spec,
      weights: Object.fromEntries(own.map((name) => [name.slice(prefix.length), take(name)!])),
    };
  });
  const [left] = weights.keys();
  const told = "these weights are rnn's own, and the checkpoint of --like says how its layers work";
  if (left === undefined) return { layers, head: { name: headBias, kernel, bias }, told };
  throw new UserError(`${place}: the tensor ${left} is of no layer of the checkpoint that --like names`);
}
