/** @file The result of `rnn import` as text and JSON. */
import { describeNetwork } from "../render/networkText.js";
import { compact } from "../render/numberText.js";
import { defaultWidth, type LabeledLine, labeledLines } from "../render/textTable.js";
import { tokenizerFrom } from "../tokenizers/index.js";
import type { ImportedModel } from "./importModel.js";
import { importers } from "./importers.js";

/** The lines that `rnn import` prints: format, tokens, labels, network, and the commands to try next. */
export function importSummary(model: ImportedModel, width = defaultWidth): string[] {
  const { folder, document, spec, trainable, activationKnown } = model;
  const { imported, tokenizer, labels, counts, corpus } = document;
  const isReluAssumed = !activationKnown && spec.layers.some(({ type }) => type === "dense");
  const lines: LabeledLine[] = [
    ["imported", imported && `${imported.file}, ${importers[imported.format].describe}`],
    [
      "tokenizer",
      tokenizer && `${tokenizerFrom(tokenizer).kind}, vocabulary size ${spec.vocabulary!.toLocaleString("en")}`,
    ],
    ["labels", labels?.join(", ")],
    ["network", `${describeNetwork(spec)}; ${compact(Number(counts["parameters"]))} parameters`],
    [
      "activation",
      isReluAssumed ? "assumed: ReLU after each dense layer but the last, which the file does not store" : undefined,
    ],
    ["corpus", trainable ? (corpus.name ?? undefined) : "unknown; `rnn evaluate` needs a file"],
    ["evaluate", trainable ? `rnn evaluate -c ${folder}` : undefined],
    ["continue", trainable ? `rnn train --resume ${folder} --epochs 1` : undefined],
  ];
  return labeledLines(lines, width);
}

export const importJson = ({ folder, document, trainable }: ImportedModel): string =>
  `${JSON.stringify({
    folder,
    task: document.task,
    imported: document.imported,
    labels: document.labels,
    parameters: Number(document.counts["parameters"]),
    resumable: trainable,
  })}\n`;
