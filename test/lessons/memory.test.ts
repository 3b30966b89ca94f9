/** @file Long dependencies: a word at the start of a line determines its label. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Recipe } from "../../src/options/recipe.js";
import { randomStream } from "../../src/common/random.js";
import { folderWith } from "../support/folder.js";
import { eventsOf, neverStopped } from "../support/models.js";
import { train } from "../../src/training/run.js";

const random = randomStream(1, "gap");
const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
const professions = "doctor baker sailor judge farmer painter potter miller tailor smith".split(" ");
const fillers = "and then she went on to say that".split(" ");

/** A profession, a gap of words unrelated to it, and the subject that she studied. */
function sentence(gap: number): string {
  const profession = one(professions);
  const between = Array.from({ length: gap }, () => one(fillers));
  return `${[profession, ...between].join(" ")},the craft of the ${profession}\n`;
}
const csv = (count: number, gap: () => number): string =>
  `text,label\n${Array.from({ length: count }, () => sentence(gap())).join("")}`;
const folder = folderWith({
  "near and far.csv": csv(2000, () => Math.floor(random() * 61)),
  "far.csv": csv(200, () => 60),
});

/** The accuracy over a gap of 60 words. */
async function remembered(cell: "lstm" | "rnn"): Promise<number> {
  const given: Partial<Recipe> = {
    model: "network",
    cell,
    bidirectional: "no",
    pooling: ["last"],
    units: [16],
    embedding: 8,
    dropout: 0,
    learningRate: 0.01,
    schedule: "constant",
    epochs: 14,
    duplicates: "apart", // short sentences repeat by chance
    test: join(folder, "far.csv"),
  };
  const options = { given, backend: "auto" as const, stop: neverStopped(), out: join(folder, cell) };
  const events = await eventsOf(train(join(folder, "near and far.csv"), options));
  return events.flatMap((event) => (event.type === "result" ? [event.result!.accuracy!] : []))[0]!;
}

// Course row 1.6: docs/guide/README.md#course-rows
test("recurrent: an LSTM keeps a word over a gap of 60 words and a plain RNN of the same size does not", async () => {
  expect(await remembered("lstm")).toBeGreaterThan(0.95);
  expect(await remembered("rnn")).toBeLessThan(0.6);
});
