/** @file The controls of the page, by task. */
import type { Model } from "../../model/model.js";
import type { Task } from "../../common/names.js";
import { samplingOptions } from "../../options/options.js";
import { tokenizerDefinition } from "../../tokenizers/index.js";
import { type Content, type Markup, markup } from "../../render/markup.js";

const controls: { [Kind in Task]: (model: Model) => Markup } = {
  generator: generatorControls,
  classifier: (model) =>
    inputControls(model, {
      less: "opposes the label",
      more: "supports the label",
      meaning: markup`The color of a word shows its contribution: the change of the log odds of <b class="selected"></b> when the word is removed. At half the color the odds halve (supports) or double (opposes).`,
    }),
  regressor: (model) =>
    inputControls(model, {
      less: "lowers the prediction",
      more: "raises the prediction",
      meaning: "The color of a word shows its contribution: the change of the prediction when the word is removed.",
    }),
  tagger: (model) => inputControls(model, { less: "", more: "", meaning: null }),
};

export const controlsFor = (model: Model): Markup => controls[model.task](model);

/** Attributes with the properties of the model that the page's program reads. */
export const pageSettings = (model: Model): Markup =>
  markup`id="model" data-task="${model.task}" data-labels="${JSON.stringify(model.labels)}" data-unit="${unitOf(model)}" data-deviation="${model.target?.deviation ?? 1}"`;

const unitOf = (model: Model): string =>
  model.inputs === "tokens" ? tokenizerDefinition(model.tokenizer.kind).unit : "rows";

function generatorControls(model: Model): Markup {
  const { "max-tokens": maxTokens, temperature } = samplingOptions;
  return markup`<form id="form" autocomplete="off">
<label for="prompt">Prompt</label>
<textarea id="prompt" rows="2" spellcheck="false" autofocus placeholder="the start of the text"></textarea>
<div class="fields">
<label>Temperature<input id="temperature" type="range" min="0" max="1.5" step="0.05" value="${temperature.default}"><small><output id="temperature-shown"></output>; 0: always the most probable</small></label>
<label>Top-k<input id="top-k" type="number" min="1" step="1" placeholder="all"><small>most probable tokens</small></label>
<label>Max tokens<input id="max-tokens" type="number" min="1" max="1000000" step="1" value="${maxTokens.default}" required><small>${unitOf(model)}, maximum</small></label>
<label>Seed<input id="seed" type="number" min="0" max="9007199254740991" step="1" placeholder="random"><small>same seed, same text</small></label>
</div>
<div class="buttons"><button type="submit">Generate</button><button id="stop" type="button" disabled>Stop</button><small>Ctrl + Enter, Escape</small></div>
</form>
<pre id="text" aria-label="Generated text" aria-live="polite" tabindex="0"></pre>`;
}

/** The legend of the colors of words. */
type ContributionLegend = { less: string; more: string; meaning: Content };

function inputControls(model: Model, { less, more, meaning }: ContributionLegend): Markup {
  const texts = model.inputs === "tokens";
  return markup`<label for="input-text">${texts ? "Text" : rowsTitle(model)}</label>
<textarea id="input-text" rows="${texts ? 4 : Math.min(12, Math.max(4, model.recipe.window ?? 4))}" autofocus placeholder="${texts ? "Type or paste a text" : "one row per line, numbers separated by commas"}"></textarea>
<p id="number" aria-live="polite"></p>
<ol id="labels" role="radiogroup" aria-label="Labels, most probable first"></ol>
<div id="tagged"></div>
<section id="contribution-section" hidden>
<p id="contributions"></p>
<p class="scale" aria-hidden="true"><span class="opposes">${less}</span><span class="supports">${more}</span></p>
<p class="faint">${meaning}</p>
<details><summary>Contributions as numbers</summary><table><thead><tr><th scope="col">word</th><th scope="col">contribution</th></tr></thead><tbody id="contribution-rows"></tbody></table></details>
</section>`;
}

function rowsTitle(model: Model): string {
  if (model.inputs === "tokens") return "Text";
  const names = model.scaling.flatMap(({ name }) => name ?? []);
  const { window } = model.recipe;
  const rows = window === undefined ? "Rows" : `${window} rows`;
  return names.length > 0 ? `${rows} of ${names.join(", ")}` : `${rows} of ${model.scaling.length} numbers`;
}
