/** @file Sections of a page about a model: its network, training data and scores. */
import { quantity } from "../common/quantity.js";
import type { StoredDocument } from "../checkpoint/checkpoint.js";
import type { StoredResult } from "../evaluation/stored.js";
import type { Model } from "../model/model.js";
import type { Task } from "../common/names.js";
import { describeBag, describeNetwork, describeNgrams } from "../render/networkText.js";
import { bytes, compact, decimal, percent } from "../render/numberText.js";
import { section } from "./pageLayout.js";
import { type Content, type Markup, markup } from "../render/markup.js";
import { table } from "../render/htmlTable.js";

/** The name of a model: that of its folder. */
export const nameOf = ({ folder }: Model): string =>
  folder.split(/[\\/]/).findLast((part) => part !== "" && part !== ".") ?? folder;

/** What a model is, at the start of a sentence. */
export const kindOfModel = ({ hasNetwork, mixture, bag }: Model): string =>
  bag
    ? hasNetwork && bag.readsNetwork
      ? "A network with a bag of n-grams"
      : "A bag of n-grams"
    : hasNetwork
      ? mixture
        ? "A network, mixed with an n-gram model,"
        : "A network"
      : "An n-gram model";

/** The task of a model, to follow "A network that". */
export const does = ({ task, labels }: Model): string =>
  taskWords[task](labels.length > maxLabels ? `${labels.length} labels` : `the labels ${labels.join(", ")}`);

/** Labels that are listed by name. */
const maxLabels = 20;

const taskWords: { [Kind in Task]: (labels: string) => string } = {
  generator: () => "generates text",
  classifier: (labels) => `predicts one of ${labels}`,
  regressor: () => "predicts a number",
  tagger: (labels) => `predicts one of ${labels} for each word`,
};

/** The training data of a model, to follow "trained on". */
export const corpusOf = ({ corpus, imported }: StoredDocument): string =>
  corpus.name ?? `the data of ${imported?.file ?? "another program"}`;

/** A table of the network, its training data and its training. */
export function origin(model: Model): Markup {
  const { document, hasNetwork } = model;
  const { corpus, counts, progress, updated } = document;
  const tokens = (counts["training"] as { tokens?: number } | undefined)?.tokens;
  const size = `, ${bytes(corpus.bytes)}${tokens === undefined ? "" : `, ${tokens.toLocaleString("en")} training tokens`}`;
  const rows: [string, Content][] = [
    ...(hasNetwork ? [networkRow(model)] : []),
    ...(document.ngrams ? [["n-grams", describeNgrams(document.ngrams)] satisfies [string, Content]] : []),
    ...(document.bag ? [["bag of n-grams", describeBag(document.bag)] satisfies [string, Content]] : []),
    ["training data", `${corpusOf(document)}${corpus.name === null ? "" : size}`],
    ["training", `${quantity(Number(progress["step"]), "steps")}, saved ${updated.slice(0, 16).replace("T", " ")} UTC`],
  ];
  return markup`<div class="left">${table("", [], rows)}</div>`;
}

const networkRow = ({ network }: Model): [string, Content] => [
  "network",
  `${describeNetwork(network.spec)}: ${compact(network.parameters)} parameters`,
];

/** The scores on a part of the corpus, with the baselines below. */
export function scores(part: string, { targets, baselines, ...network }: StoredResult): Markup {
  const rows = [{ name: "network", ...network }, ...baselines];
  const columns = [
    { key: "accuracy", title: "accuracy", show: (value: number) => percent(value, 1) },
    { key: "perplexity", title: "perplexity", show: (value: number) => decimal(value) },
    { key: "bitsPerByte", title: "bits per byte", show: (value: number) => value.toFixed(3) },
    { key: "meanAbsoluteError", title: "mean absolute error", show: (value: number) => decimal(value) },
    { key: "rootMeanSquaredError", title: "root mean squared error", show: (value: number) => decimal(value) },
    { key: "r2", title: "R²", show: (value: number) => value.toFixed(3) },
    { key: "loss", title: "loss", show: (value: number) => value.toFixed(4) },
  ] as const;
  const shown = columns.filter(({ key }) => rows.some((row) => row[key] != null));
  const unit = network.perplexity == null ? "examples" : "tokens";
  return section(
    "Scores",
    `On the ${part} part: ${targets.toLocaleString("en")} ${unit} that were not used for training. The other rows are its parts and baselines.`,
    table(
      "",
      ["", ...shown.map(({ title }) => title)],
      rows.map((row) => [row.name, ...shown.map(({ key, show }) => (row[key] == null ? "" : show(row[key])))]),
    ),
  );
}
