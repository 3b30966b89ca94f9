/** @file A summary of an imported model, in a few lines of text. */
import { describeNetwork } from "../render/networkText.js";
import { compact } from "../render/numberText.js";
import { tokenizerFrom } from "../tokenizers/index.js";
import type { ImportedModel } from "./importModel.js";
import { importers } from "./importers.js";

/** The lines that `rnn import` prints: format, tokens, labels, network, and how to go on. */
export function* importSummary(model: ImportedModel): Generator<string> {
  const { folder, document, spec, trainable, activationKnown } = model;
  const { imported, tokenizer, labels, counts, corpus } = document;
  if (imported) yield `from      ${imported.file}, ${importers[imported.format].describe}`;
  if (tokenizer)
    yield `tokens    ${tokenizerFrom(tokenizer).kind}, vocabulary size ${spec.vocabulary!.toLocaleString("en")}`;
  if (labels) yield `labels    ${labels.join(", ")}`;
  yield `network   ${describeNetwork(spec)}: ${compact(Number(counts["parameters"]))} parameters`;
  if (!activationKnown && spec.layers.some(({ type }) => type === "dense"))
    yield "          assumed: ReLU after each dense layer but the last, which the file does not store";
  yield trainable
    ? `corpus    ${corpus.name}; evaluate with \`rnn evaluate\`, continue training with \`rnn train --resume ${folder} --epochs 1\``
    : "corpus    unknown; `rnn evaluate` needs a file";
}
