/** @file The outputs of a classifier or regressor for a batch of texts or sequences of numbers. */
import { dispose } from "../../engine/tfjs.js";
import { UserError } from "../../common/errors.js";
import { quantity } from "../../common/quantity.js";
import { chunkEnds, documentMeans, longestOf } from "../../examples/documentChunks.js";
import { tokenInputs } from "../../examples/documentExamples.js";
import { numberInputs, standardized } from "../../examples/numberExamples.js";
import type { Model } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { logitsOnKernels } from "../../network/kernelForward.js";
import type { Network } from "../../network/network.js";
import type { BatchInputs } from "../../examples/batch.js";
import type { Rows } from "../../corpus/document.js";
import type { Tokenizer } from "../../tokenizers/index.js";

/** A text with the numbers beside it, in the order of the model's columns; NaN for a missing one. */
export type TextWithNumbers = { text: string; numbers: readonly number[] };

/** A text, with numbers or without, or rows of numbers: the model's input. */
export type Item = string | TextWithNumbers | Rows;

export const textOf = (item: Item): string | undefined =>
  typeof item === "string" ? item : "text" in item ? item.text : undefined;

/** The same item with another text. */
export const withText = (item: Item, text: string): Item =>
  typeof item === "object" && "text" in item ? { ...item, text } : text;

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

/** What a model reads of an item: ids of tokens, with the numbers beside the text, or the numbers of all rows. */
export type ReadItem = { sequence: ArrayLike<number>; numbers: readonly number[] };

/** What a model reads of each item. @throws UserError for an item of another kind or width than the model reads */
export function sequencesOf(model: Model, items: readonly Item[]): ReadItem[] {
  const longest = longestRead(model);
  return items.map((item) => ({ sequence: sequenceOf(model, item, longest), numbers: numbersOf(model, item) }));
}

/** The ends of the chunks in which the network reads a text, or the end of the one sequence. @param length that the network reads */
export const endsOfChunks = ({ inputs, recipe }: Pick<Model, "inputs" | "recipe">, length: number): number[] =>
  inputs === "tokens" && recipe.longDocuments === "chunks" ? chunkEnds(length, recipe.maxLength) : [length];

/** The tokens, or rows of numbers, of an item that the model reads. */
export const longestRead = ({ bag, recipe }: Pick<Model, "bag" | "recipe">): number =>
  bag?.record.longest ?? longestOf(recipe);

/** `outputsOf` the items of which the model reads this. */
export function sequenceOutputs(model: Model, read: readonly ReadItem[]): Float32Array[] {
  const { bag, recipe } = model;
  if (!bag) return networkOutputs(model, read);
  const own = read.map(({ sequence }) => bag.model.logits(sequence));
  if (!bag.readsNetwork) return own.map((logits) => bag.sum(logits));
  const ofNetwork = networkOutputs(
    model,
    read.map(({ sequence, numbers }) => ({ sequence: Array.from(sequence).slice(0, longestOf(recipe)), numbers })),
  );
  return own.map((logits, index) => bag.sum(logits, ofNetwork[index]));
}

/** The outputs of the network; of a document in chunks, the means over its chunks. */
function networkOutputs(model: Model, read: readonly ReadItem[]): Float32Array[] {
  if (read.every(({ sequence }) => endsOfChunks(model, sequence.length).length === 1)) return rowOutputs(model, read);
  const chunked = read.map(({ sequence, numbers }) => {
    const ids = Array.from(sequence);
    const ends = endsOfChunks(model, ids.length);
    return ends.map((end, chunk) => ({ sequence: ids.slice(ends[chunk - 1] ?? 0, end), numbers }));
  });
  const rows = chunked.flat();
  const outputs: Float32Array[] = [];
  for (let first = 0; first < rows.length; first += batchItems)
    outputs.push(...rowOutputs(model, rows.slice(first, first + batchItems)));
  let first = 0;
  return chunked.map(({ length }) => {
    const own = outputs.slice(first, (first += length));
    return documentMeans(Float32Array.from(own.flatMap((logits) => [...logits])), [length], own[0]!.length);
  });
}

function rowOutputs(model: Model, read: readonly ReadItem[]): Float32Array[] {
  const { network } = model;
  const { classes } = network.spec;
  const lengthOf = (item: number): number => read[item]!.sequence.length;
  const order = [...read.keys()].toSorted((left, right) => lengthOf(right) - lengthOf(left));
  const inputs = inputsFor(
    model,
    order.map((item) => read[item]!), // longest first
  );
  const logits = logitsOnKernels(network, inputs) ?? logitsOf(network, inputs); // [items · classes]
  const outputs = Array<Float32Array>(read.length);
  for (const [row, item] of order.entries()) outputs[item] = logits.slice(row * classes, (row + 1) * classes);
  return outputs;
}

function inputsFor(model: Model, read: readonly ReadItem[]): BatchInputs {
  const rows = read.map(({ sequence }) => sequence);
  if (model.inputs === "numbers") return numberInputs(rows, model.scaling);
  const numbers = read.map((item) => item.numbers);
  return { ...tokenInputs(rows), ...(model.numbers && { textNumbers: standardized(numbers, model.numbers) }) };
}

function logitsOf(network: Network, inputs: BatchInputs): Float32Array {
  const { logits, state } = network.read(() => inputsOf(inputs), null);
  dispose(state);
  return logits;
}

function sequenceOf(model: Model, item: Item, maxLength: number): ArrayLike<number> {
  if (model.inputs === "tokens") {
    const text = textOf(item);
    if (text !== undefined) return firstTokens(model.tokenizer, text, maxLength);
    throw new UserError(
      `${model.folder} reads texts, but the input has rows of ${(item as Rows).width} numbers; use a checkpoint that was trained on numbers`,
    );
  }
  const width = model.scaling.length;
  if (typeof item === "string" || "text" in item)
    throw new UserError(
      `${model.folder} reads rows of ${width} numbers, but the input is a text; use a checkpoint that was trained on texts`,
    );
  if (item.width === width) return item.values.subarray(0, maxLength * width);
  throw new UserError(
    `${model.folder} reads rows of ${width} numbers, but the input has ${item.width} in a row; choose the columns with --value-columns`,
  );
}

/** The numbers beside a text. @throws UserError for other numbers than the model reads */
function numbersOf(model: Model, item: Item): readonly number[] {
  const columns = (model.inputs === "tokens" && model.numbers) || [];
  const given = typeof item === "object" && "text" in item ? item.numbers : [];
  if (given.length === columns.length) return given;
  const names = columns.map(({ name }) => name).join(", ");
  throw new UserError(
    columns.length === 0
      ? `${model.folder} reads texts alone, but the input has ${quantity(given.length, "numbers")} beside a text; remove --value-columns`
      : given.length === 0
        ? `${model.folder} reads the numbers ${names} beside each text; give it a table with these columns, or name others with --value-columns`
        : `${model.folder} reads ${quantity(columns.length, "numbers")} beside each text, ${names}, but the input has ${given.length}; choose as many with --value-columns`,
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
  const ids = tokenizer.encode(text);
  return ids.length > maxLength ? ids.slice(0, maxLength) : ids;
}
