/** @file What a page says of where a model comes from, and how good it is. */
import type { StoredDocument } from "../checkpoint/checkpoint.js";
import type { StoredResult } from "../evaluation/stored.js";
import type { Model } from "../model/model.js";
import type { Task } from "../common/names.js";
import { describeNetwork } from "../render/networkText.js";
import { bytes, compact, decimal, percent } from "../render/numberText.js";
import { section } from "./pageLayout.js";
import { type Content, type Markup, markup } from "../render/markup.js";
import { table } from "../render/htmlTable.js";

/** Its folder's. */
export const nameOf = ({ folder }: Model): string =>
  folder.split(/[\\/]/).findLast((part) => part !== "" && part !== ".") ?? folder;

/** What its network does, after "A network that". */
export const does = ({ task, labels }: Model): string =>
  deeds[task](labels.length > mostLabels ? `one of ${labels.length} labels` : labels.join(", "));

/** Labels that are named one by one. */
const mostLabels = 20;

const deeds: { [Kind in Task]: (labels: string) => string } = {
  generator: () => "writes text",
  classifier: (labels) => `answers with ${labels}`,
  regressor: () => "answers with a number",
  tagger: (labels) => `answers for each word with ${labels}`,
};

/** What its network learned from, in words. */
export const corpusOf = ({ corpus, imported }: StoredDocument): string =>
  corpus.name ?? `what ${imported?.file ?? "another program"} was trained on`;

/** The network, its corpus and its training, a row each. */
export function origin({ document, network }: Model): Markup {
  const { corpus, counts, progress, updated } = document;
  const learned = (counts["training"] as { tokens?: number } | undefined)?.tokens;
  const size = `, ${bytes(corpus.bytes)}${learned === undefined ? "" : `, ${learned.toLocaleString("en")} tokens`}`;
  const rows: [string, Content][] = [
    ["network", `${describeNetwork(network.spec)}: ${compact(network.parameters)} parameters`],
    ["learned from", `${corpusOf(document)}${corpus.name === null ? "" : size}`],
    [
      "trained",
      `${Number(progress["step"]).toLocaleString("en")} steps, saved ${updated.slice(0, 16).replace("T", " ")} UTC`,
    ],
  ];
  return markup`<div class="left">${table("", [], rows)}</div>`;
}

/** Its scores on a part of the corpus, those of methods without a network below. */
export function scores(part: string, { targets, baselines, ...network }: StoredResult): Markup {
  const rows = [{ name: "network", ...network }, ...baselines];
  const columns = [
    { key: "accuracy", title: "accuracy", show: (share: number) => percent(share, 1) },
    { key: "perplexity", title: "perplexity", show: (value: number) => decimal(value) },
    { key: "meanAbsoluteError", title: "mean absolute error", show: (value: number) => decimal(value) },
    { key: "rootMeanSquaredError", title: "root mean squared error", show: (value: number) => decimal(value) },
    { key: "r2", title: "R²", show: (share: number) => share.toFixed(3) },
    { key: "loss", title: "loss", show: (value: number) => value.toFixed(4) },
  ] as const;
  const shown = columns.filter(({ key }) => rows.some((row) => row[key] != null));
  const unit = network.perplexity == null ? "examples" : "tokens";
  return section(
    "Scores",
    `On the ${part} part: ${targets.toLocaleString("en")} ${unit} that it has not learned from. Below the network is what methods without one get there.`,
    table(
      "",
      ["", ...shown.map(({ title }) => title)],
      rows.map((row) => [row.name, ...shown.map(({ key, show }) => (row[key] == null ? "" : show(row[key])))]),
    ),
  );
}
