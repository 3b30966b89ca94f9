/** @file The outputs of a classifier or regressor for a batch of texts or sequences of numbers. */
import { dispose } from "../../engine/tfjs.js";
import { UserError } from "../../common/errors.js";
import { tokenInputs } from "../../examples/documentExamples.js";
import { numberInputs } from "../../examples/numberExamples.js";
import type { Model } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { logitsOnKernels } from "../../network/kernelForward.js";
import type { Network } from "../../network/network.js";
import type { BatchInputs } from "../../examples/batch.js";
import type { Rows } from "../../corpus/document.js";
import type { Tokenizer } from "../../tokenizers/index.js";

/** A text, or rows of numbers: the model's input. */
export type Item = string | Rows;

/** Items of one forward pass. */
export const batchItems = 128;

/**
 * The outputs of the network's head, of a bag of n-grams, or of their sum, for each item. An item's outputs have the same bits whatever the other items are.
 * @returns [items][classes]: logits of a classifier, the scaled number of a regressor
 * @throws UserError for an item of another kind or width than the model reads
 */
export function outputsOf(model: Model, items: readonly Item[]): Float32Array[] {
  return sequenceOutputs(model, sequencesOf(model, items));
}

/** What a model reads of each item: ids of tokens, or the numbers of all rows. @throws UserError for an item of another kind or width than the model reads */
export function sequencesOf(model: Model, items: readonly Item[]): ArrayLike<number>[] {
  const longest = model.bag?.record.longest ?? model.recipe.maxLength;
  return items.map((item) => sequenceOf(model, item, longest));
}

/** `outputsOf` the items that these sequences are of. */
export function sequenceOutputs(model: Model, sequences: readonly ArrayLike<number>[]): Float32Array[] {
  const { bag, recipe } = model;
  if (!bag) return networkOutputs(model, sequences);
  const own = sequences.map((ids) => bag.model.logits(ids));
  if (!bag.readsNetwork) return own.map((logits) => bag.sum(logits));
  const ofNetwork = networkOutputs(
    model,
    sequences.map((ids) => Array.from(ids).slice(0, recipe.maxLength)),
  );
  return own.map((logits, index) => bag.sum(logits, ofNetwork[index]));
}

function networkOutputs(model: Model, sequences: readonly ArrayLike<number>[]): Float32Array[] {
  const { network } = model;
  const { classes } = network.spec;
  const order = [...sequences.keys()].toSorted((left, right) => sequences[right]!.length - sequences[left]!.length);
  const rows = order.map((item) => sequences[item]!); // longest first
  const inputs = model.inputs === "tokens" ? tokenInputs(rows) : numberInputs(rows, model.scaling);
  const logits = logitsOnKernels(network, inputs) ?? logitsOf(network, inputs); // [items · classes]
  const outputs = Array<Float32Array>(sequences.length);
  for (const [row, item] of order.entries()) outputs[item] = logits.slice(row * classes, (row + 1) * classes);
  return outputs;
}

function logitsOf(network: Network, inputs: BatchInputs): Float32Array {
  const { logits, state } = network.read(() => inputsOf(inputs), null);
  dispose(state);
  return logits;
}

function sequenceOf(model: Model, item: Item, maxLength: number): ArrayLike<number> {
  if (model.inputs === "tokens") {
    if (typeof item === "string") return firstTokens(model.tokenizer, item, maxLength);
    throw new UserError(
      `${model.folder} reads texts, but the input has rows of ${item.width} numbers; use a checkpoint that was trained on numbers`,
    );
  }
  const width = model.scaling.length;
  if (typeof item === "string")
    throw new UserError(
      `${model.folder} reads rows of ${width} numbers, but the input is a text; use a checkpoint that was trained on texts`,
    );
  if (item.width === width) return item.values.subarray(0, maxLength * width);
  throw new UserError(
    `${model.folder} reads rows of ${width} numbers, but the input has ${item.width} in a row; choose the columns with --value-columns`,
  );
}

/** A text of this length is encoded whole. */
const wholeUnits = 2 ** 16;
/** More tokens than the end of a cut text can change: those of the longest piece whose bytes are merged. */
const cutTokens = 512;

/** The first ids of a text, of which no more is encoded than needed. */
function firstTokens(tokenizer: Tokenizer, text: string, maxLength: number): number[] {
  for (let units = wholeUnits; units < text.length; units *= 2) {
    const ids = tokenizer.encode(text.slice(0, units));
    if (ids.length >= maxLength + cutTokens) return ids.slice(0, maxLength);
  }
  return tokenizer.encode(text).slice(0, maxLength);
}
