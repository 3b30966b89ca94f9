/** @file Exports vectors for the Embedding Projector (projector.tensorflow.org): vecs.tsv with one vector per line, meta.tsv with its token or sentence. */
import type { TextModel } from "../../model/model.js";
import { textModel } from "../../model/rebuild.js";
import { embeddingsOf, textIds } from "../../inference/vectors/embeddings.js";
import { sentenceVectors } from "../../inference/vectors/sentenceVectors.js";
import type { Exporter, LabeledText } from "../exporters.js";

export const projector: Exporter = {
  describe: "vecs.tsv and meta.tsv for the Embedding Projector",
  takesSentences: true,
  vectorsOnly: true,
  files: (model, sentences) =>
    sentences === null ? tokenFiles(textModel(model)) : sentenceFiles(textModel(model), sentences),
};

function tokenFiles(model: TextModel): Record<string, string> {
  const { width, vectors } = embeddingsOf(model);
  const ids = textIds(model);
  return {
    "vecs.tsv": lines(ids.map((id) => vectorText(vectors.subarray(id * width, (id + 1) * width)))),
    "meta.tsv": lines(ids.map((id) => oneLine(model.tokenizer.vocabulary[id]!))),
  };
}

/** The projector reads the first line as a header if meta.tsv has several columns. */
function sentenceFiles(model: TextModel, sentences: readonly LabeledText[]): Record<string, string> {
  const labeled = sentences.some(({ label }) => label !== undefined);
  const texts = sentences.map(({ text, label = "" }) =>
    labeled ? `${oneLine(text)}\t${oneLine(label)}` : oneLine(text),
  );
  return {
    "vecs.tsv": lines(
      Array.from(
        sentenceVectors(
          model,
          sentences.map(({ text }) => text),
        ),
        vectorText,
      ),
    ),
    "meta.tsv": lines(labeled ? ["text\tlabel", ...texts] : texts),
  };
}

const vectorText = (vector: Float32Array): string =>
  Array.from(vector, (value) => String(Number(value.toPrecision(7)))).join("\t");

/** Replaces tabs and line feeds, and the spaces of a token without other characters, by visible signs. */
const oneLine = (text: string): string =>
  text.trim() === "" && text !== ""
    ? text.replaceAll(" ", "▁").replaceAll("\n", "⏎").replaceAll("\t", "⇥")
    : text.replaceAll("\n", "⏎").replaceAll("\t", "⇥");

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
