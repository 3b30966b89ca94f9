/** @file A model's report as one page of HTML that needs nothing else: no network, no script. */
import type { StoredResult } from "../evaluation/stored.js";
import type { Model } from "../model.js";
import type { Task } from "../names.js";
import { storeRecipe } from "../recipe.js";
import { describeNetwork } from "../terminal/network.js";
import { bytes, compact, decimal, percent } from "../terminal/numbers.js";
import { accuracyCurve, curveNumbers, lossCurve } from "./curves.js";
import type { Findings } from "./findings.js";
import { matrixTable, reliabilityDiagram, scoresByLabel } from "./labels.js";
import { section, wholePage } from "./layout.js";
import { tokenMap } from "./map.js";
import { type Content, type Markup, markup } from "./markup.js";
import { table } from "./table.js";

export function reportPage(model: Model, findings: Findings): string {
  const name = model.folder.split(/[\\/]/).findLast((part) => part !== "" && part !== ".") ?? model.folder;
  return wholePage(
    `${name}: what it learned`,
    markup`${introduction(model, name)}
${findings.notes.map((note) => markup`<p><strong>${note}</strong></p>`)}
${Object.entries(findings.results).map(([part, result]) => scores(part, result))}
${learning(findings, model.task)}
${Object.values(findings.results).map((result) => labelling(result, model.labels))}
${mapSection(findings)}
${samplesSection(findings)}
${optionsSection(model)}`,
  );
}

function introduction({ document, network, labels }: Model, name: string): Markup {
  const { corpus, counts, imported, progress, task, updated } = document;
  const does: { [Kind in Task]: string } = {
    generator: "writes text",
    classifier: `answers with ${labels.join(", ")}`,
    regressor: "answers with a number",
    tagger: `answers for each word with ${labels.join(", ")}`,
  };
  const learned = (counts["training"] as { tokens?: number } | undefined)?.tokens;
  const rows: [string, Content][] = [
    ["network", `${describeNetwork(network.spec)}: ${compact(network.parameters)} parameters`],
    [
      "learned from",
      corpus.name === null
        ? `what ${imported?.file ?? "another program"} was trained on`
        : `${corpus.name}, ${bytes(corpus.bytes)}${learned === undefined ? "" : `, ${learned.toLocaleString("en")} tokens`}`,
    ],
    [
      "trained",
      `${Number(progress["step"]).toLocaleString("en")} steps, saved ${updated.slice(0, 16).replace("T", " ")} UTC`,
    ],
  ];
  return markup`<header><h1>${name}</h1><p>A network that ${does[task]}.</p><div class="left">${table("", [], rows)}</div></header>`;
}

function scores(part: string, { targets, baselines, ...network }: StoredResult): Markup {
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

const learning = ({ history }: Findings, task: Task): Markup | null =>
  history.length === 0
    ? null
    : section(
        "Learning",
        "Training is the mean loss since the evaluation before, with dropout; validation is what is not learned from. Where the one falls and the other rises, the network learns by heart.",
        markup`${history.length > 1 && [lossCurve(history, task), accuracyCurve(history)]}${curveNumbers(history, task === "generator")}`,
      );

const labelling = ({ confusion, calibration }: StoredResult, labels: readonly string[]): Content => [
  confusion &&
    section(
      "What is taken for what",
      "A row for each true label, a column for each answer; right answers are on the diagonal.",
      markup`${matrixTable(confusion, labels)}${scoresByLabel(confusion, labels)}`,
    ),
  calibration &&
    section(
      "Calibration",
      `Of the answers given with 80 %, eight in ten should be right: bars and points should end at the dashed line; below it the network is too sure of itself. The expected calibration error, the mean distance from it, is ${percent(calibration.error, 1)}.`,
      reliabilityDiagram(calibration),
    ),
];

function mapSection({ map }: Findings): Markup | null {
  if (map === null) return null;
  const { tokens, projection } = map;
  return section(
    "Map of tokens",
    markup`The vectors of the ${tokens.length} commonest tokens, seen from where they differ most (principal components). The two axes show ${percent(projection.shares[0] + projection.shares[1])} of all variance: tokens that are far apart here are so in truth; near ones may differ in what is not seen. <code>rnn neighbours</code> measures it.`,
    tokenMap(tokens, projection),
  );
}

function samplesSection({ samples, history }: Findings): Content {
  const over = history.filter(({ sample }) => sample !== undefined);
  if (samples.length === 0) return null;
  return [
    over.length > 0 &&
      section(
        "What it wrote while it learned",
        "A short text after each evaluation, at temperature 0.5.",
        over.map(({ step, sample }) => markup`<h3>after ${step.toLocaleString("en")} steps</h3><pre>${sample}</pre>`),
      ),
    section(
      "What it writes now",
      "The lower the temperature, the likelier the words.",
      samples.map(({ temperature, text }) => markup`<h3>temperature ${temperature}</h3><pre>${text}</pre>`),
    ),
  ];
}

const optionsSection = ({ recipe }: Model): Markup =>
  section(
    "Options",
    "What it was trained with, defaults included.",
    markup`<div class="left">${table(
      "",
      [],
      Object.entries(storeRecipe(recipe)).map(([name, value]) => [markup`<code>--${name}</code>`, value as string]),
    )}</div>`,
  );
