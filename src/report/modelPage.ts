/** @file A model's report as one page of HTML that needs nothing else: no network, no script. */
import type { StoredResult } from "../evaluation/stored.js";
import type { Model } from "../model/model.js";
import type { Task } from "../common/names.js";
import { storeRecipe } from "../options/recipe.js";
import { percent } from "../render/numberText.js";
import { does, nameOf, origin, scores } from "./aboutSection.js";
import { accuracyCurve, curveNumbers, lossCurve } from "../render/curvePlot.js";
import type { Findings } from "./findingsSection.js";
import { matrixTable, reliabilityDiagram, scoresByLabel } from "./labelSections.js";
import { section, wholePage } from "./pageLayout.js";
import { tokenMap } from "./tokenMap.js";
import { type Content, type Markup, markup } from "../render/markup.js";
import { table } from "../render/htmlTable.js";

export function reportPage(model: Model, findings: Findings): string {
  const name = nameOf(model);
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

const introduction = (model: Model, name: string): Markup =>
  markup`<header><h1>${name}</h1><p>A network that ${does(model)}.</p>${origin(model)}</header>`;

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
