/** @file Exports a page that runs the model in a browser: one HTML file that needs no network connection. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { encodeSafetensors, type StorableArrays } from "../../checkpoint/safetensors.js";
import { kernelBytes } from "../../engine/backends/wasm/wasmBinaries.js";
import { inFile, UserError } from "../../common/errors.js";
import { cellNames, poolingNames, tokenizerNames } from "../../common/names.js";
import { readResults } from "../../evaluation/stored.js";
import type { Model } from "../../model/model.js";
import { packageFolder } from "../../common/packageFolder.js";
import { corpusOf, does, kindOfModel, nameOf, origin, scores } from "../../report/aboutSection.js";
import { wholePage } from "../../report/pageLayout.js";
import { Markup, markup } from "../../render/markup.js";
import { controlsStyle } from "../../report/controlsStyle.js";
import { style } from "../../report/reportStyle.js";
import { version } from "../../common/version.js";
import type { StoredDocument } from "../../checkpoint/checkpoint.js";
import type { Exporter, ModelPart } from "../exporters.js";
import { controlsFor, pageSettings } from "./webControls.js";
import { scoreSentence } from "./scoreSentence.js";

export const web: Exporter = {
  describe: "index.html, a page that runs the model in a browser without a network connection",
  supports: ({ kind, name }) => kind === "layer" || kind === "softmax" || inBundle[kind].includes(name),
  bags: "too",
  readsChunks: true,
  files: async (model) => {
    const { folder, bag } = model;
    const parameters = (model.hasNetwork ? model.network.parameters : 0) + (bag ? bagNumbers * bag.record.features : 0);
    if (parameters > maxParameters) {
      throw new UserError(
        `${folder} has ${parameters.toPrecision(3)} parameters, and a page holds at most ${maxParameters.toPrecision(3)}; use --to onnx`,
      );
    }
    return { "index.html": pageOf(model, await programs()) };
  },
};

/** In base64 the weights are a string, of which JavaScript allows 2^29 characters. */
const maxParameters = 2 ** 26;
/** For each feature of a bag of n-grams, at least. */
const bagNumbers = 4;

/** The programs of the page: its main thread, and the worker that runs the model. */
type Programs = { page: string; thread: string };

/** Reads the bundles of scripts/bundle-page.mjs. @throws UserError if they are not built */
async function programs(): Promise<Programs> {
  const read = (name: string) => readFile(join(packageFolder, "build/web", name), "utf8");
  try {
    const [page, thread] = await Promise.all([read("page.js"), read("thread.js")]);
    return { page, thread };
  } catch {
    throw new UserError(
      "could not read the bundle of the page; run `npm run build`, which needs the development dependencies",
    );
  }
}

/** The parts of a model that the bundled library contains; it contains every layer and softmax. */
const inBundle: Record<Exclude<ModelPart["kind"], "layer" | "softmax">, readonly string[]> = {
  cell: cellNames,
  pooling: poolingNames,
  tokenizer: tokenizerNames,
};

function pageOf(model: Model, { page, thread }: Programs): string {
  const name = nameOf(model);
  const document = publishedDocument(model.document);
  const look = new Markup(`${style.text}${pageStyle.text}`);
  const weights = base64Of(model.hasNetwork ? model.network.values() : new Map());
  const policy = [
    "default-src 'none'",
    `script-src ${digestOf(page)} 'wasm-unsafe-eval'`,
    "worker-src blob:",
    `style-src ${digestOf(look.text)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const body = markup`<header><h1>${name}</h1><p>${model.mixture ? "A network" : kindOfModel(model)} that ${does(model)}, trained on ${corpusOf(document)}. ${scoreSentence(model)} It runs in this page; the text you type is not sent anywhere.</p></header>
<main ${pageSettings(model)}>
${controlsFor(model)}
<p id="state" class="faint" role="status">Starting…</p>
<noscript><p><strong>This page needs JavaScript.</strong></p></noscript>
</main>
<footer><details><summary>Training and scores</summary>
${origin({ ...model, document })}
${Object.entries(inFile(model.folder, () => readResults(model.document))).map(([part, result]) => scores(part, result))}
<p class="faint">Exported by rnn ${version}.</p></details></footer>
${data("checkpoint", JSON.stringify(document).replaceAll("<", String.raw`\u003c`))}
${data("weights", weights)}
${data("bag", model.bag ? base64Of(model.bag.model.toArrays()) : "")}
${data("kernels", Buffer.from(kernelBytes("simd128")).toString("base64"))}
${data("program", thread)}
<script>${new Markup(page)}</script>`;
  return wholePage(name, body, { policy, look });
}

const base64Of = (arrays: StorableArrays): string => Buffer.concat(encodeSafetensors(arrays)).toString("base64");

const digestOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Data for the page's program, in an element that the browser does not run. */
const data = (id: string, text: string): Markup =>
  markup`<script type="text/plain" id="${id}">${new Markup(text)}</script>`;

/** Options that may contain the name of a file; the model does not need them. */
const fileOptions = new Set(["labels-file", "labels", "validation", "validation-labels", "test", "test-labels"]);

const publishedCorpus = ({ files: _files, name, ...corpus }: StoredDocument["corpus"]): StoredDocument["corpus"] => ({
  ...corpus,
  name: name && basename(name),
  options: {},
});

/** A checkpoint's document for publication: without history and training state, and without folders of files. */
export const publishedDocument = ({
  ngrams: _ngrams,
  textDigest: _textDigest,
  quantized: _quantized,
  ...document
}: StoredDocument): StoredDocument => ({
  ...document,
  options: Object.fromEntries(Object.entries(document.options).filter(([name]) => !fileOptions.has(name))),
  corpus: publishedCorpus(document.corpus),
  ...(document.imported && { imported: { ...document.imported, file: basename(document.imported.file) } }),
  metrics: {},
  history: [],
  progress: { step: document.progress["step"] },
  files: { weights: document.files.weights },
});

/** The style of the page's parts, in addition to the style of a report page. */
const pageStyle = new Markup(`${controlsStyle.text}
#text { min-height: 9em; max-height: 50vh; overflow-y: auto; margin-top: 16px; font-size: 15px; line-height: 1.55; } #state { min-height: 1.5em; font-size: 13px; }
#labels { list-style: none; margin: 14px 0; padding: 0; } #labels label { display: grid; grid-template-columns: auto minmax(80px, 24%) 1fr 64px; align-items: center; gap: 10px; padding: 3px 0; font-weight: 400; }
#labels input { margin: 0; accent-color: var(--first); } .name { overflow-wrap: anywhere; } .probability { text-align: right; font-variant-numeric: tabular-nums; }
#labels .bar { height: 10px; border-radius: 5px; opacity: 1; background: linear-gradient(var(--first) 0 0) 0 / calc(100% * var(--probability)) no-repeat var(--line); }
#number { font-size: 26px; font-variant-numeric: tabular-nums; } #number:empty, #labels:empty, #tagged:empty { display: none; }
#contributions { max-width: none; font-size: 17px; line-height: 2; white-space: pre-wrap; overflow-wrap: anywhere; }
.supports, .opposes { --tone: var(--first); border-radius: 3px; padding: 2px 0; background: color-mix(in srgb, var(--tone) calc(55% * var(--shade)), transparent); border-bottom: 2px solid color-mix(in srgb, var(--tone) calc(100% * var(--shade)), transparent); }
.opposes { --tone: var(--second); border-bottom-style: dashed; }
.scale { display: flex; gap: 8px; font-size: 13px; } .scale span { --shade: 0.75; padding: 0 8px; }
#tagged p { max-width: none; line-height: 1.3; } .tagged { display: inline-block; margin: 4px 6px 4px 0; text-align: center; } .tagged small { color: var(--first); }
footer { margin-top: 40px; border-top: 1px solid var(--line); padding-top: 12px; } footer h2 { margin-top: 24px; } footer summary { font-size: 15px; } footer .left :is(th, td) { vertical-align: top; }
`);
