/** @file The vector of a whole text: what the softmax of a network reads that answers once for each. */
import { dispose } from "../../engine/tfjs.js";
import { UserError } from "../../common/errors.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { isPooled } from "../../network/spec.js";

/** Texts that are read at once. */
const rowsAtOnce = 64;

/**
 * @returns for each text its vector; all have the same width
 * @throws UserError for a network that answers at each step
 */
export function* sentenceVectors(model: TextModel, texts: readonly string[]): Generator<Float32Array> {
  const { network, tokenizer, recipe, folder } = model;
  if (!isPooled(network.spec)) {
    throw new UserError(`${folder} answers at each step and has no vector for a sentence: name one that labels texts`);
  }
  for (let from = 0; from < texts.length; from += rowsAtOnce) {
    const rows = texts.slice(from, from + rowsAtOnce).map((text) => tokenizer.encode(text).slice(0, recipe.maxLength));
    const { vectors, state } = network.vectors(() => inputsOf(documentBatch(rows, []))); // [texts · width]
    dispose(state);
    const width = vectors.length / rows.length;
    for (const row of rows.keys()) yield vectors.slice(row * width, (row + 1) * width);
  }
}
