/** @file Bits per byte of generators: nats of the whole text over its bytes, whatever the tokens are. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "../../src/evaluation/evaluate.js";
import type { Recipe } from "../../src/options/recipe.js";
import { train } from "../../src/training/run.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { eventsOf, loadTextModel, neverStopped, trainedModel } from "../support/models.js";
import { tale } from "../support/texts.js";

const held = `${tale(20)}the fox took the café and walked home.\n`;
const cwd = folderWith({ "tale.txt": tale(120), "held.txt": held });
const path = (name: string): string => join(cwd, name);
const bytes = statSync(path("held.txt")).size;

test.each([
  ["characters", {}, held.length],
  ["words", { tokenizer: "words" }, null],
  ["documents", { tokenizer: "words", documents: "lines" }, null],
] as const)(
  "bits per byte: the nats of a file over its bytes, with network and baseline (%s)",
  async (name, given, tokens) => {
    const model = await trainedModel(path(name), path("tale.txt"), given satisfies Partial<Recipe>);
    const found = await evaluate(model, path("held.txt"));
    const lines = held.trimEnd().split("\n");
    const ofLines = lines.reduce((sum, line) => sum + model.tokenizer.encode(line).length + 1, 0); // with its end
    const count = tokens ?? (name === "documents" ? ofLines : model.tokenizer.encode(held).length);
    expect(found.bitsPerByte).toBeCloseTo((found.loss * count) / Math.LN2 / bytes, 9);
    const [ngrams] = found.baselines;
    expect(ngrams!.bitsPerByte).toBeCloseTo((ngrams!.loss! * count) / Math.LN2 / bytes, 9);
  },
);

test("bits per byte: train and evaluate print them beside the perplexity", async () => {
  await eventsOf(train(path("tale.txt"), { stop: neverStopped(), out: path("ngrams"), given: { model: "ngram" } }));
  const { bitsPerByte } = await evaluate(await loadTextModel(path("ngrams")));
  const printed = await rnn(["evaluate", "-c", "./ngrams"], { cwd });
  expect(printed.stdout).toMatch(/perplexity {2}bits per byte/);
  expect(printed.stdout).toContain(bitsPerByte!.toFixed(3));
  const json = JSON.parse((await rnn(["evaluate", "-c", "./ngrams", "--json"], { cwd })).stdout) as object;
  expect(json).toMatchObject({ bitsPerByte });
  expect((await rnn(["inspect", "./ngrams"], { cwd })).stdout).toContain(`${bitsPerByte!.toFixed(3)} bits per byte`);
});
