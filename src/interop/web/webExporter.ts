/** @file A page that runs the model in a browser: one file, which asks nothing of any network. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors } from "../../checkpoint/safetensors.js";
import { kernelBytes } from "../../engine/backends/wasm/wasmKind.js";
import { UserError } from "../../common/errors.js";
import { readResults } from "../../evaluation/stored.js";
import type { Model } from "../../model/model.js";
import { packageFolder } from "../../common/packageFolder.js";
import { corpusOf, does, nameOf, origin, scores } from "../../report/aboutSection.js";
import { wholePage } from "../../report/pageLayout.js";
import { Markup, markup } from "../../render/markup.js";
import { style } from "../../report/reportStyle.js";
import { version } from "../../common/version.js";
import type { Exporter } from "../exporter.js";
import { controlsFor, setting } from "./controls.js";
import { standing } from "./webPage.js";
import { published } from "./publishedCheckpoint.js";
import { pageStyle } from "./webStyle.js";

export const web: Exporter = {
  describe: "index.html, a page to try the model in: it opens by double click and asks for nothing",
  files: async (model) => {
    const { network, folder } = model;
    if (network.parameters > mostParameters) {
      throw new UserError(
        `${folder} has ${network.parameters.toPrecision(3)} parameters, and a page holds ${mostParameters.toPrecision(3)} at most: choose --to onnx`,
      );
    }
    return { "index.html": pageOf(model, await programs()) };
  },
};

/** In base64 they are text, of which JavaScript holds 2^29 characters. */
const mostParameters = 2 ** 26;

/** What the page runs: its own program, and that of the thread which computes. */
type Programs = { page: string; thread: string };

/** @throws UserError where they are not built */
async function programs(): Promise<Programs> {
  const read = (name: string) => readFile(join(packageFolder, "build/web", name), "utf8");
  try {
    const [page, thread] = await Promise.all([read("page.js"), read("thread.js")]);
    return { page, thread };
  } catch {
    throw new UserError("the page's program is not built: run npm run build, which takes the development packages");
  }
}

function pageOf(model: Model, { page, thread }: Programs): string {
  const name = nameOf(model);
  const document = published(model.document);
  const look = new Markup(`${style.text}${pageStyle.text}`);
  const weights = Buffer.concat(encodeSafetensors(model.network.values())).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src ${digestOf(page)} 'wasm-unsafe-eval'`,
    "worker-src blob:",
    `style-src ${digestOf(look.text)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const body = markup`<header><h1>${name}</h1><p>A network that ${does(model)}, learned from ${corpusOf(document)}. ${standing(model)} It runs in this page: what you type stays here.</p></header>
<main ${setting(model)}>
${controlsFor(model)}
<p id="state" class="faint" role="status">Starting…</p>
<noscript><p><strong>This page needs JavaScript.</strong></p></noscript>
</main>
<footer><details><summary>Where it comes from, and how good it is</summary>
${origin({ ...model, document })}
${Object.entries(readResults(model.document, model.folder)).map(([part, result]) => scores(part, result))}
<p class="faint">Made by rnn ${version}.</p></details></footer>
${data("checkpoint", JSON.stringify(document).replaceAll("<", String.raw`\u003c`))}
${data("weights", weights)}
${data("kernels", Buffer.from(kernelBytes()).toString("base64"))}
${data("program", thread)}
<script>${new Markup(page)}</script>`;
  return wholePage(name, body, { policy, look });
}

const digestOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** A text for the page's program, which is not run where it stands. */
const data = (id: string, text: string): Markup =>
  markup`<script type="text/plain" id="${id}">${new Markup(text)}</script>`;
