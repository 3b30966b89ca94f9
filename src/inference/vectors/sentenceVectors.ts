/** @file The vector of a whole text: the input of the head of a network that predicts once for each text. */
import { dispose } from "../../engine/tfjs.js";
import { UserError } from "../../common/errors.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { isPooled } from "../../network/spec.js";

/** Texts of one forward pass. */
const batchTexts = 64;

/**
 * @returns the vector of each text, all of the same width
 * @throws UserError for a network that predicts at each step
 */
export function* sentenceVectors(model: TextModel, texts: readonly string[]): Generator<Float32Array> {
  const { network, tokenizer, recipe, folder } = model;
  if (!isPooled(network.spec)) {
    throw new UserError(
      `${folder} is a ${model.task} that predicts at each token and has no vector for a text; name a classifier's checkpoint`,
    );
  }
  if (model.numbers)
    throw new UserError(
      `${folder} reads numbers beside each text, so a text alone has no vector; name another checkpoint`,
    );
  for (let first = 0; first < texts.length; first += batchTexts) {
    const rows = texts
      .slice(first, first + batchTexts)
      .map((text) => tokenizer.encode(text).slice(0, recipe.maxLength));
    const { vectors, state } = network.vectors(() => inputsOf(documentBatch(rows, []))); // [texts · width]
    dispose(state);
    const width = vectors.length / rows.length;
    for (const row of rows.keys()) yield vectors.slice(row * width, (row + 1) * width);
  }
}
