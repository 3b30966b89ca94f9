/** @file Vectors for the Embedding Projector (projector.tensorflow.org): vecs.tsv, a vector a line, and meta.tsv, what each stands for. */
import type { TextModel } from "../../model/model.js";
import { textModel } from "../../model/rebuild.js";
import { embeddingsOf, textIds } from "../../inference/vectors/embeddings.js";
import { sentenceVectors } from "../../inference/vectors/sentenceVectors.js";
import type { Exporter, LabelledText } from "../exporter.js";

export const projector: Exporter = {
  describe: "vecs.tsv and meta.tsv for the Embedding Projector",
  files: (model, sentences) =>
    sentences === null ? ofTokens(textModel(model)) : ofSentences(textModel(model), sentences),
};

function ofTokens(model: TextModel): Record<string, string> {
  const { width, vectors } = embeddingsOf(model);
  const ids = textIds(model);
  return {
    "vecs.tsv": lines(ids.map((id) => vectorText(vectors.subarray(id * width, (id + 1) * width)))),
    "meta.tsv": lines(ids.map((id) => oneLine(model.tokenizer.vocabulary[id]!))),
  };
}

/** The projector takes a first line for a header where there are several columns, and only there. */
function ofSentences(model: TextModel, sentences: readonly LabelledText[]): Record<string, string> {
  const labelled = sentences.some(({ label }) => label !== undefined);
  const texts = sentences.map(({ text, label = "" }) =>
    labelled ? `${oneLine(text)}\t${oneLine(label)}` : oneLine(text),
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
    "meta.tsv": lines(labelled ? ["text\tlabel", ...texts] : texts),
  };
}

const vectorText = (vector: Float32Array): string =>
  Array.from(vector, (value) => String(Number(value.toPrecision(7)))).join("\t");

/** What would break a line or a column is shown by a sign. */
const oneLine = (text: string): string =>
  text.trim() === "" && text !== ""
    ? text.replaceAll(" ", "▁").replaceAll("\n", "⏎").replaceAll("\t", "⇥")
    : text.replaceAll("\n", "⏎").replaceAll("\t", "⇥");

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
