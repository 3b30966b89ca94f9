/** @file The report of a model as a self-contained HTML page without scripts, and its plots as pictures. */
import { quantity } from "../common/quantity.js";
import type { Task } from "../common/names.js";
import type { StoredResult } from "../evaluation/stored.js";
import type { Model } from "../model/model.js";
import { storeRecipe } from "../options/recipe.js";
import { accuracyCurve, curveTable, lossCurve } from "../render/curvePlot.js";
import { table } from "../render/htmlTable.js";
import { type Content, type Markup, markup } from "../render/markup.js";
import { matrixPlot } from "../render/matrixPlot.js";
import { percent } from "../render/numberText.js";
import { figure, picture } from "../render/plotFigure.js";
import { does, kindOfModel, nameOf, origin, scores } from "./aboutSection.js";
import type { Findings } from "./findingsSection.js";
import { matrixTable, reliabilityPlot, reliabilityTable, scoresByLabel } from "./labelSections.js";
import { section, wholePage } from "./pageLayout.js";
import { fileName, type Pictures } from "./savePictures.js";
import { tokenMap } from "./tokenMap.js";

export function reportPage(model: Model, findings: Findings): string {
  const name = nameOf(model);
  return wholePage(
    `${name}: report`,
    markup`<header><h1>${name}</h1><p>${kindOfModel(model)} that ${does(model)}.</p>${origin(model)}</header>
${findings.notes.map((note) => markup`<p><strong>${note}</strong></p>`)}
${Object.entries(findings.results).map(([part, result]) => scores(part, result))}
${curveSection(findings, model.task)}
${Object.values(findings.results).map((result) => labelSections(result, model.labels))}
${mapSection(findings)}
${sampleSections(findings)}
${optionsSection(model)}`,
  );
}

/** The plots of the report as SVG files, by name. Plots of a second part of the corpus have its name too. */
export function reportPictures({ task, labels }: Model, { history, results, map }: Findings): Pictures {
  const pictures: Record<string, string> = {};
  if (history.length > 1) {
    pictures["loss.svg"] = picture(lossCurve(history, task), "Training and validation loss");
    const accuracy = accuracyCurve(history);
    if (accuracy) pictures["accuracy.svg"] = picture(accuracy, "Validation accuracy");
  }
  for (const [index, [part, { confusion, calibration }]] of Object.entries(results).entries()) {
    const suffix = index === 0 ? "" : `-${fileName(part)}`;
    if (confusion)
      pictures[`confusion-matrix${suffix}.svg`] = picture(matrixPlot(confusion, labels), `Confusion matrix (${part})`);
    if (calibration)
      pictures[`calibration${suffix}.svg`] = picture(reliabilityPlot(calibration), `Reliability diagram (${part})`);
  }
  if (map) pictures["token-map.svg"] = picture(tokenMap(map.tokens, map.projection), "Map of tokens");
  return pictures;
}

function curveSection({ history }: Findings, task: Task): Markup | null {
  if (history.length === 0) return null;
  const accuracy = accuracyCurve(history);
  return section(
    "Learning curves",
    "Training loss is the mean over the steps since the previous evaluation, with dropout. Validation loss and accuracy are measured on the validation part. If training loss falls while validation loss rises, the network is overfitting.",
    markup`${history.length > 1 && [figure(lossCurve(history, task)), accuracy && figure(accuracy)]}${curveTable(history, task === "generator")}`,
  );
}

const labelSections = ({ confusion, calibration }: StoredResult, labels: readonly string[]): Content => [
  confusion &&
    section(
      "Confusion matrix",
      "One row for each actual label, one column for each predicted label; correct predictions are on the diagonal.",
      markup`${matrixTable(confusion, labels)}${scoresByLabel(confusion, labels)}`,
    ),
  calibration &&
    section(
      "Calibration",
      `Of the predictions with a confidence of 80%, 80% should be correct, so bars and points should reach the dashed line. Below the line the network is overconfident. The expected calibration error (mean distance from the line) is ${percent(calibration.error, 1)}.`,
      markup`${figure(reliabilityPlot(calibration))}${reliabilityTable(calibration)}`,
    ),
];

function mapSection({ map }: Findings): Markup | null {
  if (map === null) return null;
  const { tokens, projection } = map;
  return section(
    "Map of tokens",
    markup`The vectors of the ${tokens.length} most frequent tokens, projected onto their first two principal components, which explain ${percent(projection.explained[0] + projection.explained[1])} of the variance. Tokens that are far apart on the map have different vectors; tokens that are close may still differ in the other components. <code>rnn neighbours</code> lists the nearest tokens by all components.`,
    figure(tokenMap(tokens, projection)),
  );
}

function sampleSections({ samples, history }: Findings): Content {
  const duringTraining = history.filter(({ sample }) => sample !== undefined);
  if (samples.length === 0) return null;
  return [
    duringTraining.length > 0 &&
      section(
        "Samples during training",
        "A short text after each evaluation, at temperature 0.5.",
        duringTraining.map(({ step, sample }) => markup`<h3>after ${quantity(step, "steps")}</h3><pre>${sample}</pre>`),
      ),
    section(
      "Samples",
      "At a lower temperature, probable tokens are chosen more often.",
      samples.map(({ temperature, text }) => markup`<h3>temperature ${temperature}</h3><pre>${text}</pre>`),
    ),
  ];
}

const optionsSection = ({ recipe }: Model): Markup =>
  section(
    "Options",
    "The options of the training run, including defaults.",
    markup`<div class="left">${table(
      "",
      [],
      Object.entries(storeRecipe(recipe)).map(([name, value]) => [markup`<code>--${name}</code>`, value as string]),
    )}</div>`,
  );
