/** @file Texts in a form, of small n-gram models of each tokenizer. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { endingOf } from "../../../src/inference/forms/formRules.js";
import { generate, type GenerateOptions } from "../../../src/library/textGeneration.js";
import type { ModelOf } from "../../../src/model/model.js";
import { train } from "../../../src/training/run.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { eventsOf, loadTextModel, neverStopped } from "../../support/models.js";

const creatures = ["fox", "owl", "hare", "raven", "otter", "mouse", "goat", "xenops", "heron"];
const places = ["in the night", "in the light", "by the sea", "under a tree", "near the stone", "all alone"];
const lines = Array.from({ length: 240 }, (_, index) => {
  const creature = creatures[index % creatures.length]!;
  const begin =
    index % 3 === 0
      ? `Old ${creature}`
      : index % 3 === 1
        ? `${creature[0]!.toUpperCase()}${creature.slice(1)}`
        : `For a ${creature}`;
  return `${begin} sat ${places[(index * 7) % places.length]!}${index % 2 === 0 ? "." : ","}`;
});
const cwd = folderWith({ "verse.txt": `${lines.join("\n")}\n` });

const models = new Map<string, ModelOf<"generator">>();
beforeAll(async () => {
  for (const tokenizer of ["characters", "words", "subwords"]) {
    const out = join(cwd, "checkpoints", tokenizer);
    const given = { model: "ngram" as const, tokenizer, ...(tokenizer === "subwords" && { vocabulary: 320 }) };
    await eventsOf(train(join(cwd, "verse.txt"), { stop: neverStopped(), out, given }));
    models.set(tokenizer, (await loadTextModel(out, { backend: "auto" })) as ModelOf<"generator">);
  }
});

/** The lines of some texts of each model. */
async function versesOf(options: GenerateOptions): Promise<string[][]> {
  const found: string[][] = [];
  for (const model of models.values()) {
    const texts = await generate(model, { seed: 5, numSamples: 4, temperature: 0.8, maxTokens: 600, ...options });
    found.push(...texts.map((text) => text.replace(/\n$/, "").split("\n")));
  }
  return found;
}

describe("forms", () => {
  test("form: an acrostic has a line for each letter, which begins with it", async () => {
    for (const verse of await versesOf({ form: "acrostic=FOX" }))
      expect(verse.map((line) => line[0]!.toLowerCase()).join("")).toBe("fox");
  });

  test("form: lines have their numbers of characters or of syllables", async () => {
    for (const verse of await versesOf({ form: "characters=24,30" }))
      expect(verse.map(({ length }) => length)).toEqual([24, 30]);
    for (const verse of await versesOf({ form: "syllables=5,7,5" }))
      expect(verse.map((line) => line.match(/[aeiouy]+/gi)?.length)).toEqual([5, 7, 5]);
  });

  test("form: rhyming lines end alike", async () => {
    for (const verse of await versesOf({ form: "rhyme=ABAB" })) {
      expect(verse).toHaveLength(4);
      const [first, second, third, fourth] = verse.map((line) => line.toLowerCase().replace(/[^a-z]+$/, ""));
      expect(third!.endsWith(endingOf(first!))).toBe(true);
      expect(fourth!.endsWith(endingOf(second!))).toBe(true);
    }
    expect(["by the sea", "all alone,", "in the night.", "a garden"].map(endingOf)).toEqual([
      "ea",
      "one",
      "ight",
      "en",
    ]);
  });

  test("form: words that must occur do, and rules go together", async () => {
    for (const verse of await versesOf({ form: ["acrostic=OF", "contains=raven,night"] })) {
      expect(verse.map((line) => line[0]!.toLowerCase()).join("")).toBe("of");
      expect(verse.join(" ")).toMatch(/raven/i);
      expect(verse.join(" ")).toMatch(/night/i);
    }
  });

  test("pattern: each line matches", async () => {
    const pattern = "Old (fox|owl|hare) sat .*[.]";
    for (const verse of await versesOf({ pattern, lines: 3 }))
      expect(verse.filter((line) => new RegExp(`^${pattern}$`).test(line))).toHaveLength(3);
  });

  test("form: what no text can be is an error of one line", async () => {
    const model = models.get("characters")!;
    await expect(generate(model, { form: "acrostic=QQ" })).rejects.toThrow(/no text of this model's vocabulary/);
    await expect(generate(model, { form: "sonnet" })).rejects.toThrow(/NAME=VALUE with one of acrostic/);
    await expect(generate(model, { form: ["acrostic=FOX", "rhyme=AA"] })).rejects.toThrow(/3 and 2 lines/);
    await expect(generate(model, { form: "contains=fox" })).rejects.toThrow(/add --lines/);
    await expect(generate(model, { form: "contains=a,b,c,d,e", lines: 2 })).rejects.toThrow(/5 words.*use at most 4/);
    await expect(generate(model, { pattern: "(a" })).rejects.toThrow(/not a pattern of a whole line/);
    const { code, stderr } = await rnn(["generate", "-c", "words", "--form", "syllables=0"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--form syllables=0: expected numbers from 1 to 400/)]);
  });

  test("form: the prompt is not a part of it, and a form can be novel too", async () => {
    const options = { form: "acrostic=OH", novel: 30, prompt: "The verse:\n" };
    for (const verse of await versesOf(options))
      expect(verse.slice(1).map((line) => line[0]!.toLowerCase())).toEqual(["o", "h"]);
  });
});
