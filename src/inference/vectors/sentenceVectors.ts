/** @file The vector of a whole text: the input of the head of a network that predicts once for each text. */
import { dispose } from "../../engine/tfjs.js";
import { UserError } from "../../common/errors.js";
import { documentMeans, longestOf } from "../../examples/documentChunks.js";
import { documentBatch } from "../../examples/documentExamples.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import { isPooled } from "../../network/spec.js";
import { endsOfChunks } from "../classification/outputs.js";

/** Texts of one forward pass. */
const batchTexts = 64;

/**
 * @returns the vector of each text, all of the same width; of a text in chunks, the mean of their vectors
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
  const together = recipe.longDocuments === "chunks" ? 1 : batchTexts;
  for (let first = 0; first < texts.length; first += together) {
    const chunked = texts.slice(first, first + together).map((text) => chunksOf(model, tokenizer.encode(text)));
    const rows = chunked.flat();
    const { vectors, state } = network.vectors(() => inputsOf(documentBatch(rows, []))); // [chunks · width]
    dispose(state);
    const width = vectors.length / rows.length;
    const counts = chunked.map(({ length }) => length);
    const means = documentMeans(vectors, counts, width);
    for (const text of chunked.keys()) yield means.slice(text * width, (text + 1) * width);
  }
}

/** What the network reads of a text. */
function chunksOf(model: TextModel, ids: readonly number[]): (readonly number[])[] {
  const read = ids.slice(0, longestOf(model.recipe));
  const ends = endsOfChunks(model, read.length);
  return ends.map((end, chunk) => read.slice(ends[chunk - 1] ?? 0, end));
}
