/** @file Spell checking with the bundled storyteller and with small networks. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { TextModel } from "../../../src/model/model.js";
import type { Recipe } from "../../../src/options/recipe.js";
import { scoreLines } from "../../../src/inference/scoring/scoreLines.js";
import { type Misspelling, findMisspellings } from "../../../src/inference/scoring/misspellings.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { loadTextModel, trainedModel } from "../../support/models.js";
import { tale } from "../../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(80) });
const linesOf = async function* (texts: readonly string[]) {
  yield* texts;
};

async function misspellingsOf(model: TextModel, texts: readonly string[], threshold = 6): Promise<Misspelling[][]> {
  const found: Misspelling[][] = [];
  for await (const { misspellings } of findMisspellings(model, linesOf(texts), { threshold })) found.push(misspellings);
  return found;
}

async function natsOf(model: TextModel, text: string): Promise<number> {
  for await (const { nats } of scoreLines(model, linesOf([text]))) return nats;
  throw new Error("no line came");
}

// Course row 4.10: docs/guide/README.md#course-rows
test("misspellings: a deleted, an inserted, a replaced and a swapped letter are found, with the right suggestion", async () => {
  const model = await loadTextModel("checkpoints/storyteller", { backend: "auto" });
  const right = [
    "The fox asked the goat for bread.",
    "The hare came to the well and saw the fox.",
    "In the morning the widow went to the market.",
    "",
    "?!",
  ];
  expect(await misspellingsOf(model, right)).toEqual(right.map(() => []));
  const wrong = [
    "The hare came to the wlel and saw the fox.",
    "The fox asked the gat for bread.",
    "In the morning the wiodow went to the market.",
    "In the mornxng the widow went to the market.",
  ];
  const found = await misspellingsOf(model, wrong);
  expect(
    found.map((misspellings) => misspellings.map(({ text, start, suggestions: [best] }) => [text, start, best!.text])),
  ).toEqual([[["wlel", 21, "well"]], [["gat", 18, "goat"]], [["wiodow", 19, "widow"]], [["mornxng", 7, "morning"]]]);
});

test("misspellings: a long line gives those of its parts, at their places, wherever a window ends", async () => {
  const model = await trainedModel(join(cwd, "long"), join(cwd, "tale.txt"), {
    tokenizer: "words",
    epochs: 10,
    learningRate: 0.02,
  });
  const part = "the fox took the road and the coww took the road and ";
  expect((await misspellingsOf(model, [part]))[0]).toMatchObject([{ text: "coww", start: part.indexOf("coww") }]);
  const [found] = await misspellingsOf(model, [part.repeat(100)]); // 5,300 characters
  expect(found!.map(({ text, start }) => [text, start])).toEqual(
    Array.from({ length: 100 }, (_, index) => ["coww", index * part.length + part.indexOf("coww")]),
  );
});

test("misspellings: a word of more than 64 letters is not checked, in lines of any length", async () => {
  const model = await trainedModel(join(cwd, "endless"), join(cwd, "tale.txt"), {});
  const lines = [300, 3000, 30_000].map((length) => "thefoxandthecrow".repeat(length / 16 + 1).slice(0, length));
  expect(await misspellingsOf(model, lines, 0)).toEqual([[], [], []]);
});

const kinds: Record<string, Partial<Recipe>> = {
  words: { tokenizer: "words" },
  whitespace: { tokenizer: "whitespace" },
  subwords: { tokenizer: "subwords", vocabulary: 300, units: [32], epochs: 20 },
  characters: { units: [32], epochs: 20 },
  documents: { documents: "lines", tokenizer: "words" },
  windows: { tokenizer: "words", examples: "windows", bidirectional: "yes", sequenceLength: 6, epochs: 4 },
};

test.each(Object.keys(kinds))(
  "misspellings: a suggestion's nats are the difference of the two lines' scores (%s)",
  async (kind) => {
    const model = await trainedModel(join(cwd, kind), join(cwd, "tale.txt"), {
      epochs: 10,
      learningRate: 0.02,
      ...kinds[kind],
    });
    const line = "the coat took the";
    const [found] = await misspellingsOf(model, [line], 0);
    const { text, start, suggestions } = found![0]!;
    const [best] = suggestions;
    const changed = line.slice(0, start) + best!.text + line.slice(start + text.length);
    const gain = (await natsOf(model, line)) - (await natsOf(model, changed));
    expect(best!.nats).toBeCloseTo(gain, 3);
  },
);

test("score: --suspects prints a row for each misspelling, with --json an object for each line", async () => {
  const input = "The fox asked the goat for bread.\n\nThe éclair hare came to the wlel and saw the fox.\n";
  const argv = ["score", "-c", "storyteller", "--suspects", "--threshold", "5"];
  const { code, stdout, stderr } = await rnn(argv, { cwd, input });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^3\t29\twlel\t[\d.]+\twell(\t\w+)*$/m);
  expect(stderr).toMatch(/misspelled words? in 3 lines\n$/);
  const json = (await rnn([...argv, "--json"], { cwd, input })).stdout.trimEnd().split("\n");
  expect(json.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([1, 2, 3]);
  expect(JSON.parse(json[2]!)).toMatchObject({
    suspects: expect.arrayContaining([
      { word: "wlel", column: 29, suggestions: expect.arrayContaining([expect.objectContaining({ text: "well" })]) },
    ]),
  });
  const none = await rnn([...argv.slice(0, -1), "1000"], { cwd, input });
  expect(none).toMatchObject({
    code: 0,
    stdout: "",
    stderr: expect.stringMatching(/no misspelled words in 3 lines\n$/),
  });
});

test("score: --threshold without --suspects is an error", async () => {
  expect(await rnn(["score", "--threshold", "3"], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--threshold has no effect without --suspects"),
  });
});
