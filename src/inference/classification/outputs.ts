/** @file What a network that answers once for each text or sequence says of some of them. */
import { dispose } from "../../engine/tfjs.js";
import { UserError } from "../../common/errors.js";
import { tokenInputs } from "../../examples/documentExamples.js";
import { numberInputs } from "../../examples/numberExamples.js";
import type { Model } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import type { Rows } from "../../corpus/document.js";

/** A text, or rows of numbers: what the model reads. */
export type Item = string | Rows;

/** Items that are read at once. */
export const itemsAtOnce = 128;

/**
 * An item's outputs do not depend on the items beside it, to the bit.
 * @returns the head's outputs of each item
 * @throws UserError for an item that the model does not read
 */
export function outputsOf(model: Model, items: readonly Item[]): Float32Array[] {
  const { network, recipe } = model;
  const { classes } = network.spec;
  const sequences = items.map((item) => sequenceOf(model, item, recipe.maxLength));
  const order = [...sequences.keys()].toSorted((left, right) => sequences[right]!.length - sequences[left]!.length);
  const rows = order.map((item) => sequences[item]!);
  const inputs = model.inputs === "tokens" ? tokenInputs(rows) : numberInputs(rows, model.scaling);
  const { logits, state } = network.read(() => inputsOf(inputs), null); // [items · classes]
  dispose(state);
  const outputs = Array<Float32Array>(items.length);
  for (const [place, item] of order.entries()) outputs[item] = logits.slice(place * classes, (place + 1) * classes);
  return outputs;
}

function sequenceOf(model: Model, item: Item, longest: number): ArrayLike<number> {
  if (model.inputs === "tokens") {
    if (typeof item === "string") return model.tokenizer.encode(item).slice(0, longest);
    throw new UserError(`${model.folder} reads texts, and these are rows of ${item.width} numbers`);
  }
  const width = model.scaling.length;
  if (typeof item === "string")
    throw new UserError(`${model.folder} reads rows of ${width} numbers, and this is a text`);
  if (item.width === width) return item.values.subarray(0, longest * width);
  throw new UserError(`${model.folder} reads rows of ${width} numbers, and these have ${item.width}`);
}
