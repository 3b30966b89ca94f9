/** @file Classifiers and regressors of texts with numbers beside them (--value-columns). */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { randomStream } from "../../src/common/random.js";
import type { TextWithNumbers } from "../../src/inference/classification/outputs.js";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { classifyBatch, predictBatch } from "../../src/inference/classification/classify.js";
import { integratedGradients } from "../../src/inference/classification/integratedGradients.js";
import { predictionLines } from "../../src/inference/classification/predictionLines.js";
import { wordContributions } from "../../src/inference/classification/wordContributions.js";
import { exportModel } from "../../src/interop/exportModel.js";
import { exporterNames } from "../../src/common/names.js";
import { label as labelNext } from "../../src/library/nextLabelRows.js";
import { modelOf } from "../../src/model/rebuild.js";
import type { Recipe } from "../../src/options/recipe.js";
import { nextCommand } from "../../src/render/trainingText.js";
import { folderWith } from "../support/folder.js";
import { documentIn, loadTextModel, trainInto } from "../support/models.js";

/** The label depends on a word and on a number about 100, neither of which tells it alone; a few numbers are missing. */
const random = randomStream(1, "mail");
const rows = Array.from({ length: 240 }, (_, index) => {
  const isKind = random() < 0.5;
  const deviation = 2 * random() - 1;
  return {
    text: `${isKind ? "thanks" : "refund"} for parcel ${index % 9}`,
    label: (isKind ? 0.5 : -0.5) + deviation > 0 ? "now" : "later",
    amount: index % 40 === 7 ? null : Math.round(100 + 50 * deviation),
    price: (isKind ? 10 : 0) + deviation * 5,
  };
});
type Row = (typeof rows)[number];
const csvOf = (columns: readonly (keyof Row)[], count = rows.length): string =>
  [columns, ...rows.slice(0, count).map((row) => columns.map((name) => row[name] ?? ""))]
    .map((cells) => cells.join())
    .join("\n");

const folder = folderWith({
  "mail.csv": csvOf(["text", "label", "amount"]),
  "few.csv": csvOf(["text", "amount"], 3),
  "texts.csv": csvOf(["text"], 3),
  "mail.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
  "prices.csv": csvOf(["text", "price", "amount"]),
});
const pathOf = (name: string): string => join(folder, name);
const given: Partial<Recipe> = {
  sequenceLength: undefined,
  mix: undefined,
  embedding: 4,
  units: [4],
  epochs: 12,
  learningRate: 0.03,
  test: "0.25",
  dropout: 0,
  valueColumns: ["amount"],
};
const trained = (out: string, corpus: string, more: Partial<Recipe> = {}) =>
  trainInto(pathOf(out), pathOf(corpus), { ...given, ...more });
const accuracyOf = (events: Awaited<ReturnType<typeof trained>>): number =>
  events.find((event) => event.type === "result")!.result!.accuracy!;

test("numbers beside texts: the label is found by both together, and not by the texts alone", async () => {
  const events = await trained("both", "mail.csv");
  const alone = await trained("alone", "mail.csv", { valueColumns: undefined });
  expect(accuracyOf(events)).toBeGreaterThan(0.9);
  expect(accuracyOf(alone)).toBeLessThan(0.86);
  const { scaling, spec } = documentIn(pathOf("both"));
  expect(scaling).toEqual([{ name: "amount", mean: expect.closeTo(100, -1), deviation: expect.closeTo(30, -1) }]);
  expect((spec as { layers: unknown[] }).layers.at(-1)).toEqual({ type: "numbers", columns: 1 });
  const begin = events.find((event) => event.type === "begin")!;
  expect(begin).toMatchObject({ numbers: scaling, summary: { missingNumbers: { amount: 6 } } });
  expect(nextCommand(begin)).toBe(`rnn classify -c ${pathOf("both")} ${pathOf("mail.csv")}`); // a text alone has no numbers
});

const loaded = (name: string) => loadTextModel(pathOf(name));

test("numbers beside texts: a number moves the label, and a missing one is that of the mean", async () => {
  const model = await loaded("both");
  const mean = model.numbers![0]!.mean;
  const item = (amount: number): TextWithNumbers => ({ text: "refund for parcel 2", numbers: [amount] });
  const [high, low, missing, middle] = classifyBatch(model, [item(190), item(10), item(Number.NaN), item(mean)]);
  expect([high![0]!.label, low![0]!.label]).toEqual(["now", "later"]);
  expect(missing![0]!.probability).toBeCloseTo(middle![0]!.probability, 6);
  expect(() => classifyBatch(model, ["refund"])).toThrow(
    "reads the numbers amount beside each text; give it a table with these columns",
  );
  expect(() => classifyBatch(model, [{ text: "refund", numbers: [1, 2] }])).toThrow("reads 1 number beside each text");
});

async function linesFor(name: string, model: string, more: object = {}): Promise<string[]> {
  const options = { top: 1, format: "tsv", inTable: false, onUnreadable: () => undefined, ...more };
  let text = "";
  const answers = predictionLines(await loaded(model), [pathOf(name)], options as never);
  for await (const block of answers) text += String(block);
  return text.trimEnd().split("\n");
}

test("numbers beside texts: classify reads the columns by their names, in csv and in jsonl", async () => {
  const lines = await linesFor("few.csv", "both");
  expect(lines.map((line) => line.split("\t")[0])).toEqual(rows.slice(0, 3).map(({ label }) => label));
  expect((await linesFor("mail.jsonl", "both")).slice(0, 3)).toEqual(lines);
  await expect(linesFor("texts.csv", "both")).rejects.toThrow('no such column "amount" for --value-columns');
  await expect(linesFor("few.csv", "alone", { valueColumns: ["amount"] })).rejects.toThrow("reads texts alone");
});

test("numbers beside texts: words are explained beside the same numbers", async () => {
  const model = await loaded("both");
  const item: TextWithNumbers = { text: "refund for parcel 2", numbers: [190] };
  const now = model.labels.indexOf("now");
  const [word] = [...wordContributions(model, item)];
  expect(word!.contributions[now]).toBeLessThan(0);
  expect(integratedGradients(model, item, now)[0]!.contribution).toBeLessThan(0);
});

test("numbers beside texts: evaluate reads them, and compares with a model of the texts alone", async () => {
  const [model, against] = [modelOf(await loaded("both"), "classifier"), modelOf(await loaded("alone"), "classifier")];
  const result = await evaluate(model, undefined, { against });
  expect(result.against!.accuracy).toBeLessThan(result.accuracy!);
  await expect(evaluate(against, undefined, { against: model })).rejects.toThrow(
    `both reads the numbers amount beside each text, and ${pathOf("alone")} texts alone`,
  );
  await expect(evaluate(model, pathOf("texts.csv"))).rejects.toThrow("amount");
});

test.each(exporterNames.filter((name) => name !== "projector"))(
  "numbers beside texts: the export to %s declines them",
  async (to) => {
    await expect(exportModel(await loaded("both"), { to, out: pathOf(`both-${to}`) })).rejects.toThrow(
      `${to} has no form of numbers beside a text (--value-columns)`,
    );
  },
);

test("numbers beside texts: label reads them, and needs them", async () => {
  const row = { text: "refund for parcel 2" };
  const predicted = async (amount: number): Promise<string> => {
    const [next] = await labelNext(pathOf("both"), [{ ...row, numbers: [amount] }]);
    return next!.predictions[0]!.label;
  };
  expect(await predicted(190)).not.toBe(await predicted(10));
  await expect(labelNext(pathOf("both"), [row])).rejects.toThrow("reads the numbers amount beside each text");
});

test("numbers beside texts: the network is kept beside the bag of n-grams, which does not read them", async () => {
  const events = await trainInto(pathOf("auto"), pathOf("mail.csv"), given, { networkAlone: false });
  expect(events.find((event) => event.type === "label-model")!.kept).not.toBe("bag");
  await expect(
    trainInto(pathOf("bag"), pathOf("mail.csv"), { valueColumns: ["amount"], model: "bag" }, { networkAlone: false }),
  ).rejects.toThrow("--value-columns has no effect with --model bag");
});

test("numbers beside texts: a regressor reads them, and a run from a checkpoint has its columns", async () => {
  await trained("price", "prices.csv", { labelColumn: "price", epochs: 15 });
  const [high, low] = predictBatch(await loaded("price"), [
    { text: "refund for parcel 2", numbers: [150] },
    { text: "refund for parcel 2", numbers: [50] },
  ]);
  expect(high! - low!).toBeGreaterThan(5);
  const { embedding, units } = given;
  const start = { from: pathOf("both") };
  const events = await trainInto(pathOf("more"), pathOf("mail.jsonl"), { embedding, units, epochs: 1 }, { start });
  expect(events.find((event) => event.type === "begin")).toMatchObject({ numbers: documentIn(pathOf("both")).scaling });
});

test("numbers beside texts: a column without a number in the training part is an error", async () => {
  writeFileSync(pathOf("none.csv"), csvOf(["text", "label", "amount"]).replaceAll(/,-?\d+$/gm, ","));
  await expect(trained("none", "none.csv")).rejects.toThrow(
    "the column amount has no number in the training part; remove it from --value-columns",
  );
});
