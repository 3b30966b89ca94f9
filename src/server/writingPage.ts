/** @file The page of `rnn serve`: a text that a person and a model write together, in one document without other resources. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../common/errors.js";
import { packageFolder } from "../common/packageFolder.js";
import { samplingOptions } from "../options/samplingOptions.js";
import { Markup, markup } from "../render/markup.js";
import { controlsStyle } from "../report/controlsStyle.js";
import { wholePage } from "../report/pageLayout.js";
import { style } from "../report/reportStyle.js";
import { RequestError } from "./requestError.js";
import { route } from "./route.js";

export const pageRoute = route({
  method: "GET",
  path: "/",
  tokenInUrl: true,
  answer: async (_, { models }) => {
    const generators = models.all.filter(([, { task }]) => task === "generator").map(([name]) => name);
    if (generators.length === 0)
      throw new RequestError(404, "the page writes with a generator, and none is served; name one with --checkpoint");
    return writingPage(generators, await program());
  },
});

/** Reads the bundle of scripts/bundle-page.mjs. @throws UserError if it is not built */
async function program(): Promise<string> {
  try {
    return await readFile(join(packageFolder, "build/web/writing.js"), "utf8");
  } catch {
    throw new UserError(
      "could not read the bundle of the page; run `npm run build`, which needs the development dependencies",
    );
  }
}

function writingPage(generators: readonly string[], script: string): { page: string; policy: string } {
  const look = new Markup(`${style.text}${controlsStyle.text}${writingStyle}`);
  const policy = [
    "default-src 'none'",
    `script-src ${digestOf(script)}`,
    `style-src ${digestOf(look.text)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const body = markup`<header><h1>Write with a model</h1><p>The model runs on this machine; the text stays here. It is not saved: copy what you want to keep.</p></header>
<main>
${controls(generators)}
<p id="state" class="faint" role="status"></p>
<noscript><p><strong>This page needs JavaScript.</strong></p></noscript>
</main>
<script>${new Markup(script)}</script>`;
  return { page: wholePage("rnn", body, { policy, look }), policy: `${policy}; frame-ancestors 'none'` };
}

const digestOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const controls = (generators: readonly string[]): Markup => markup`<form id="form" autocomplete="off">
<label for="text">Text</label>
<textarea id="text" rows="14" autofocus placeholder="the start of a text"></textarea>
<ol id="words" class="choices" aria-label="Next words, most probable first"></ol>
<ol id="sentences" class="choices" aria-label="Ends of the sentence"></ol>
<div class="buttons"><button type="submit" id="generate">Generate</button><button id="stop" type="button" disabled>Stop</button><button id="undo" type="button" disabled>Undo</button><button id="redo" type="button" disabled>Redo</button><small>Ctrl + Enter, Escape, Ctrl + Z, Ctrl + Y; Alt + 1 … 9 takes a word</small></div>
<div class="fields">
<label>Model<select id="served">${generators.map((name) => markup`<option>${name}</option>`)}</select></label>
<label>Temperature<input id="temperature" type="range" min="0" max="1.5" step="0.05" value="${samplingOptions.temperature.default}"><small><output id="temperature-shown"></output>; 0: always the most probable</small></label>
<label>Top-p<input id="top-p" type="number" min="0.01" max="1" step="0.01" placeholder="1"><small>sum of probabilities</small></label>
<label>Top-k<input id="top-k" type="number" min="1" step="1" placeholder="all"><small>most probable tokens</small></label>
<label>Max tokens<input id="max-tokens" type="number" min="1" max="10000" step="1" value="100" required></label>
<label>Seed<input id="seed" type="number" min="0" max="9007199254740991" step="1" placeholder="random"><small>same seed, same text</small></label>
</div>
</form>`;

/** In addition to the style of other pages' controls. */
const writingStyle = `
#text { font-size: 16px; line-height: 1.55; } #state { min-height: 1.5em; font-size: 13px; }
select { display: block; width: 100%; padding: 5px 8px; font: inherit; font-weight: 400; color: inherit; background: var(--ground); border: 1px solid var(--faint); border-radius: 6px; }
.choices { display: flex; flex-wrap: wrap; gap: 6px; list-style: none; margin: 8px 0; padding: 0; min-height: 36px; }
.choice { padding: 4px 10px; color: var(--ink); border-color: var(--line); text-align: left; } .choice small { display: inline; margin-left: 6px; }
`;
