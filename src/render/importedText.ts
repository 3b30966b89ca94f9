/** @file What was imported, in a few lines. */
import type { Imported } from "../interop/importModel.js";
import { importers } from "../interop/importers.js";
import { tokenizerFrom } from "../tokenizers/index.js";
import { describeNetwork } from "./networkText.js";
import { compact } from "./numberText.js";

export function* importLines({ folder, document, spec, trainable, told }: Imported): Generator<string> {
  const { imported, tokenizer, labels, counts, corpus } = document;
  if (imported) yield `from      ${imported.file}, ${importers[imported.format].describe}`;
  if (tokenizer)
    yield `tokens    ${tokenizerFrom(tokenizer).kind}, ${spec.vocabulary!.toLocaleString("en")} in the vocabulary`;
  if (labels) yield `labels    ${labels.join(", ")}`;
  yield `network   ${describeNetwork(spec)}: ${compact(Number(counts["parameters"]))} parameters`;
  if (!told && spec.layers.some(({ type }) => type === "dense"))
    yield "          each dense layer is taken to have ReLU after it, which weights do not say";
  yield trainable
    ? `corpus    ${corpus.name}: \`rnn evaluate\` judges by its test part, \`rnn train --resume ${folder} --epochs 1\` goes on`
    : "corpus    none: `rnn evaluate` needs a file";
}
