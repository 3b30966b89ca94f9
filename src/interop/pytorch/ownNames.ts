/** @file Reads safetensors with the weight names of `rnn`, as `rnn export --to safetensors` writes them. */
import type { NamedArrays } from "../../checkpoint/checkpoint.js";
import { inFile, UserError } from "../../common/errors.js";
import { headBias, headKernel, layerName } from "../../network/network.js";
import type { Spec } from "../../network/spec.js";
import { weightsFrom } from "../../network/storedWeights.js";
import type { ImportedNetwork } from "../importers.js";
import type { Values } from "../importing/importedValues.js";

/** Prefixes that DistributedDataParallel and torch.compile add. */
const wrapper = /^(?:module\.|_orig_mod\.)+/;
const ownName = /^(?:\d+-[a-z-]+|head)\//;

export const hasOwnNames = (arrays: NamedArrays): boolean =>
  arrays.size > 0 && [...arrays.keys()].every((name) => ownName.test(name.replace(wrapper, "")));

/** @param like the network that has these weights @throws UserError if it has others */
export function fromOwnNames(arrays: NamedArrays, source: string, like: Spec | null): ImportedNetwork {
  if (!like) {
    throw new UserError(
      `${source} contains weights with the names of rnn, which do not define the layers; name the exported checkpoint with --like`,
    );
  }
  if (like.adaptive) {
    throw new UserError(
      `${source} cannot be imported: the checkpoint of --like has an adaptive softmax; name one that was trained with --softmax full`,
    );
  }
  const weights = new Map(
    [...inFile(source, () => weightsFrom(arrays))].map(([name, values]) => [name.replace(wrapper, ""), values]),
  );
  const take = (name: string): Values | null => {
    const found = weights.get(name);
    weights.delete(name);
    return found ?? null;
  };
  const kernel = take(headKernel);
  const bias = take(headBias);
  if (!bias || (!kernel && !like.tied)) {
    throw new UserError(`${source} has no tensor ${bias ? headKernel : headBias}`);
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
  const [unused] = weights.keys();
  const definedBy = "the checkpoint of --like";
  if (unused === undefined) return { layers, head: { name: headBias, kernel, bias }, definedBy };
  throw new UserError(`${source}: no layer of the checkpoint of --like has the tensor ${unused}`);
}
