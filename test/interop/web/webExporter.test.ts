/** @file The exported page of each kind of model in a browser: it shows the output of the command and makes no request. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { classifyBatch } from "../../../src/inference/classification/classify.js";
import { wordContributions } from "../../../src/inference/classification/wordContributions.js";
import { loadModel } from "../../../src/model/model.js";
import { packageFolder } from "../../../src/common/packageFolder.js";
import { rnn } from "../../support/bin.js";
import { chromium, seenIn } from "../../support/chromium.js";
import { conlluText, simpleSentences } from "../../support/conllu.js";
import { folderWith } from "../../support/folder.js";
import { trainInto } from "../../support/models.js";

const heights = Array.from({ length: 80 }, (_, hour) => `${hour},${(hour % 8) + 0.5}`);
const cwd = folderWith({
  "tagged.conllu": conlluText(simpleSentences(60)),
  "foxes.txt": "the fox ran to the den. the owl sat in the oak. ".repeat(40),
  "now.csv": "height\n0.5\n1.5\n2.5\n3.5\n",
  "tide.csv": `hour,height\n${heights.join("\n")}\n`,
});
const run = (...argv: string[]) => rnn(argv, { cwd });

/** Functions for the expressions that run in the page. */
const helpers = `
  const at = (id) => document.getElementById(id);
  const frame = () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const until = async (holds) => {
    for (let tries = 0; !holds(); tries++) {
      if (tries > 1000) throw new Error("it does not come to " + holds);
      await new Promise((after) => setTimeout(after, 20));
    }
    await frame();
  };
  const fill = (fields) => {
    for (const [id, value] of Object.entries(fields)) {
      at(id).value = value;
      at(id).dispatchEvent(new Event("input"));
    }
  };
  await until(() => at("model").dataset.backend);
`;

let pages = 0;

/** Exports a model. @returns its page's path */
async function pageOf(model: string): Promise<string> {
  const { code, stdout, stderr } = await run("export", model, "--to", "web", "--out", `page-${++pages}`);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return join(cwd, stdout.trim(), "index.html");
}

/** Opens a page from the disk and does something in it: lines of an async function. */
async function inPage<Value>(path: string, lines: string): Promise<Value> {
  const { href } = pathToFileURL(path);
  const { requests, messages, value } = await seenIn<Value>(href, `(async () => {${helpers}${lines}})()`);
  expect(requests.filter((url) => url !== href && !url.startsWith("blob:"))).toEqual([]); // the worker's program is in the page
  expect(messages).toEqual([]);
  return value;
}

test.skipIf(chromium === undefined)(
  "export: the storyteller's page generates the text of `rnn generate`, and Escape stops it",
  async () => {
    const value = await inPage<{ greedy: string; drawn: string; stopped: string; later: string; backend: string }>(
      await pageOf("storyteller"),
      `
    const write = (fields) => {
      fill(fields);
      at("form").requestSubmit();
    };
    const written = async (fields) => {
      write(fields);
      await until(() => at("stop").disabled);
      return at("text").textContent;
    };
    const greedy = await written({ prompt: "Once", temperature: "0", "max-tokens": "60" });
    const drawn = await written({ prompt: "The fox", temperature: "0.8", "top-k": "20", "max-tokens": "60", seed: "7" });
    write({ "max-tokens": "100000" });
    await until(() => at("text").textContent.length > 20);
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    await frame();
    const stopped = at("text").textContent;
    await new Promise((after) => setTimeout(after, 300));
    return { greedy, drawn, stopped, later: at("text").textContent, backend: at("model").dataset.backend };`,
    );
    const command = async (...options: string[]) =>
      (await run("generate", "-c", "storyteller", "--max-tokens", "60", ...options)).stdout.slice(0, -1); // its newline
    expect(value.backend).toBe("wasm");
    expect(value.greedy).toBe(await command("--prompt", "Once", "-t", "0"));
    expect(value.drawn).toBe(await command("--prompt", "The fox", "-t", "0.8", "--top-k", "20", "--seed", "7"));
    expect(value.stopped.length).toBeLessThan(100_000);
    expect(value.later).toBe(value.stopped);
  },
);

test.skipIf(chromium === undefined)(
  "export: the critic's page has the labels of `rnn classify` and the contributions of words",
  async () => {
    const text = "The room was small, but the staff were great.";
    const seen = await inPage<{ labels: [string, number][]; words: [string, number, string][]; other: string[] }>(
      await pageOf("critic"),
      `
    fill({ "input-text": ${JSON.stringify(text)} });
    await until(() => document.querySelectorAll("#contributions .word").length === 11);
    const labels = [...document.querySelectorAll("#labels li")].map((row) => [
      row.querySelector(".name").textContent,
      Number(row.querySelector(".probability").title),
    ]);
    const marks = () => [...document.querySelectorAll("#contributions .word")];
    const words = marks().map((word) => [word.textContent, Number(word.title), word.className]);
    at("labels").querySelector("[value=negative]").click();
    await frame();
    return { labels, words, other: marks().map((word) => word.className) };`,
    );
    const critic = await loadModel(join(packageFolder, "checkpoints/critic"), { backend: "auto" });
    const [predictions] = classifyBatch(critic, [text]);
    expect(seen.labels.map(([label]) => label)).toEqual(predictions!.map(({ label }) => label));
    for (const [index, { probability }] of predictions!.entries())
      expect(Math.abs(seen.labels[index]![1] - probability)).toBeLessThan(1e-5);
    const positive = critic.labels.indexOf("positive");
    const expected = [...wordContributions(critic, text)];
    expect(seen.words.map(([word]) => word)).toEqual(expected.map(({ start, end }) => text.slice(start, end)));
    for (const [index, { contributions }] of expected.entries())
      expect(seen.words[index]![1]).toBeCloseTo(contributions[positive]!, 2);
    const great = seen.words.findIndex(([word]) => word === "great");
    expect(seen.words[great]![2]).toBe("word supports");
    expect(seen.other[great]).toBe("word opposes");
  },
);

test.skipIf(chromium === undefined).each(["lstm", "sru", "hgrn", "mingru"] as const)(
  "export: the page of %s layers with normalization and residual connections generates the text of the command",
  async (cell) => {
    const network = { cell, embedding: 8, units: [12, 12], layerNorm: true, residual: true };
    await trainInto(join(cwd, `checkpoints/${cell}`), join(cwd, "foxes.txt"), { ...network, epochs: 2 });
    const value = await inPage<{ text: string; backend: string }>(
      await pageOf(cell),
      `
    fill({ prompt: "the fox", temperature: "0", "max-tokens": "40" });
    at("form").requestSubmit();
    await until(() => at("stop").disabled);
    return { text: at("text").textContent, backend: at("model").dataset.backend };`,
    );
    const { stdout } = await run("generate", "-c", cell, "--prompt", "the fox", "-t", "0", "--max-tokens", "40");
    expect(value).toEqual({ text: stdout.slice(0, -1), backend: "wasm" });
  },
);

test.skipIf(chromium === undefined)("export: the page works in a browser without WebAssembly kernels", async () => {
  const path = join(cwd, "without.html");
  const whole = readFileSync(await pageOf("critic"), "utf8");
  const kernels = /(?<=id="kernels">)[^<]*/;
  expect(whole).toMatch(kernels);
  writeFileSync(path, whole.replace(kernels, "")); // an empty string is not valid WebAssembly
  const seen = await inPage<{ backend: string; share: number }>(
    path,
    `
    fill({ "input-text": "not bad" });
    await until(() => document.querySelectorAll("#contributions .word").length === 2);
    return { backend: at("model").dataset.backend, share: Number(document.querySelector(".probability").title) };`,
  );
  const critic = await loadModel(join(packageFolder, "checkpoints/critic"), { backend: "auto" });
  expect(seen.backend).toBe("cpu");
  expect(Math.abs(seen.share - classifyBatch(critic, ["not bad"])[0]![0]!.probability)).toBeLessThan(1e-5);
});

test.skipIf(chromium === undefined)("export: a tagger's page has the tags of `rnn tag` below the words", async () => {
  await trainInto(join(cwd, "checkpoints/tags"), join(cwd, "tagged.conllu"), { epochs: 4, embedding: 8, units: [12] });
  const text = "the fox walked home.\nthe owl rested.";
  const tags = await inPage<string[]>(
    await pageOf("tags"),
    `
    fill({ "input-text": ${JSON.stringify(text)} });
    await until(() => document.querySelectorAll(".tagged").length > 0);
    const tags = [...document.querySelectorAll(".tagged")].map((word) => [...word.childNodes].map((node) => node.textContent).join("\\t"));
    fill({ "input-text": "" });
    await until(() => document.querySelectorAll(".tagged").length === 0);
    return tags;`,
  );
  const { stdout } = await rnn(["tag", "-c", "tags"], { cwd, input: text });
  expect(tags).toEqual(stdout.split("\n").filter((line) => line !== ""));
});

test.skipIf(chromium === undefined)(
  "export: the page of a network that reads numbers has the prediction, and reports a wrong row",
  async () => {
    const tide = { window: 4, horizon: 1, labelColumn: "height", valueColumns: ["height"], sequenceLength: undefined };
    await trainInto(
      join(cwd, "checkpoints/tide"),
      join(cwd, "tide.csv"),
      { ...tide, embedding: undefined, units: [4], epochs: 3 },
      { task: "regressor" },
    );
    const seen = await inPage<{ number: number; problem: string; label: string }>(
      await pageOf("tide"),
      `
    fill({ "input-text": "9\\n0.5\\n1.5\\n2.5\\n3.5\\n" });
    await until(() => at("number").textContent !== "");
    const number = Number(at("number").textContent);
    fill({ "input-text": "0.5, 1" });
    await until(() => at("state").textContent.startsWith("line"));
    return { number, problem: at("state").textContent, label: document.querySelector("label").textContent };`,
    );
    const { stdout } = await run("classify", "-c", "tide", "now.csv");
    expect(seen.number).toBeCloseTo(Number(stdout), 4);
    expect(seen.problem).toBe("line 1: expected a row of 1, got 2 numbers");
    expect(seen.label).toBe("4 rows of height");
  },
);

test("export: the page is one file without folder names, and its policy allows no connection", async () => {
  const { stdout, code } = await run("export", "critic", "--to", "web", "--out", "page");
  expect([stdout, code]).toEqual(["page\n", 0]);
  const page = readFileSync(join(cwd, "page/index.html"), "utf8");
  expect(page).toMatch(/Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
  expect(page).not.toContain("corpora/");
  expect(page).toMatch(/of its predictions are correct \(baseline [a-z -]+: \d\d\.\d%\)/);
});

test("export: the page's program is small", () => {
  const [page, thread] = ["page", "thread"].map((name) => statSync(join(packageFolder, `build/web/${name}.js`)).size);
  expect(page).toBeLessThan(16_000);
  expect(thread).toBeLessThan(500_000);
});
