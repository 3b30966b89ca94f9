/** @file What a person can do on the page, by the model's task. */
import type { Model } from "../../model/model.js";
import type { Task } from "../../common/names.js";
import { samplingOptions } from "../../options/options.js";
import { tokenizerDefinition } from "../../tokenizers/index.js";
import { type Content, type Markup, markup } from "../../render/markup.js";

const controls: { [Kind in Task]: (model: Model) => Markup } = {
  generator: writing,
  classifier: (model) =>
    reading(model, {
      less: "speaks against",
      more: "speaks for",
      meaning: markup`The more colour a word has, the more the odds of <b class="chosen"></b> fall where it is left out, or rise, where it speaks against it: at half the colour they are halved, or doubled.`,
    }),
  regressor: (model) =>
    reading(model, {
      less: "lowers it",
      more: "raises it",
      meaning: "The more colour a word has, the more the number changes where it is left out.",
    }),
  tagger: (model) => reading(model, { less: "", more: "", meaning: null }),
};

export const controlsFor = (model: Model): Markup => controls[model.task](model);

/** What the page's program is told of the model. */
export const setting = (model: Model): Markup =>
  markup`id="model" data-task="${model.task}" data-labels="${JSON.stringify(model.labels)}" data-unit="${unitOf(model)}" data-deviation="${model.target?.deviation ?? 1}"`;

const unitOf = (model: Model): string =>
  model.inputs === "tokens" ? tokenizerDefinition(model.tokenizer.kind).unit : "rows";

function writing(model: Model): Markup {
  const { "max-tokens": maxTokens, temperature } = samplingOptions;
  return markup`<form id="form" autocomplete="off">
<label for="prompt">Prompt</label>
<textarea id="prompt" rows="2" spellcheck="false" autofocus placeholder="how it begins"></textarea>
<div class="fields">
<label>Temperature<input id="temperature" type="range" min="0" max="1.5" step="0.05" value="${temperature.default}"><small><output id="temperature-shown"></output>; 0: the likeliest</small></label>
<label>Top-k<input id="top-k" type="number" min="1" step="1" placeholder="all"><small>likeliest only</small></label>
<label>Length<input id="length" type="number" min="1" max="1000000" step="1" value="${maxTokens.default}" required><small>${unitOf(model)}, at most</small></label>
<label>Seed<input id="seed" type="number" min="0" max="9007199254740991" step="1" placeholder="a new one"><small>fixes what it writes</small></label>
</div>
<div class="buttons"><button type="submit">Write</button><button id="stop" type="button" disabled>Stop</button><small>Ctrl + Enter, Escape</small></div>
</form>
<pre id="text" aria-label="What it wrote" aria-live="polite" tabindex="0"></pre>`;
}

/** What the colours of words say. */
type Weighing = { less: string; more: string; meaning: Content };

function reading(model: Model, { less, more, meaning }: Weighing): Markup {
  const texts = model.inputs === "tokens";
  return markup`<label for="reading">${texts ? "Text" : rowsTitle(model)}</label>
<textarea id="reading" rows="${texts ? 4 : Math.min(12, Math.max(4, model.recipe.window ?? 4))}" autofocus placeholder="${texts ? "Type or paste a text" : "a row a line, numbers with commas between"}"></textarea>
<p id="number" aria-live="polite"></p>
<ol id="labels" role="radiogroup" aria-label="Answers, likeliest first"></ol>
<div id="tagged"></div>
<section id="weighing" hidden>
<p id="weighed"></p>
<p class="scale" aria-hidden="true"><span class="against">${less}</span><span class="for">${more}</span></p>
<p class="faint">${meaning}</p>
<details><summary>the numbers</summary><table><thead><tr><th scope="col">word</th><th scope="col">weight</th></tr></thead><tbody id="weight-rows"></tbody></table></details>
</section>`;
}

function rowsTitle(model: Model): string {
  if (model.inputs === "tokens") return "Text";
  const names = model.scaling.flatMap(({ name }) => name ?? []);
  const { window } = model.recipe;
  const rows = window === undefined ? "Rows" : `${window} rows`;
  return names.length > 0 ? `${rows} of ${names.join(", ")}` : `${rows} of ${model.scaling.length} numbers`;
}
