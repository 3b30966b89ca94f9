/** @file Classifiers of several labels a text: training, thresholds, evaluation, answers. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { findCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { bestThreshold } from "../../src/evaluation/labelThresholds.js";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { classifyBatch } from "../../src/inference/classification/classify.js";
import { decisions } from "../../src/inference/classification/decisions.js";
import { predictionLines } from "../../src/inference/classification/predictionLines.js";
import { exportModel } from "../../src/interop/exportModel.js";
import { modelOf } from "../../src/model/rebuild.js";
import type { Recipe } from "../../src/options/recipe.js";
import { evaluationText } from "../../src/render/scoreTable.js";
import { folderWith } from "../support/folder.js";
import { documentIn, loadTextModel, trainInto } from "../support/models.js";

const cues = { rain: "umbrella", sun: "sand", wind: "kite" };
const names = Object.keys(cues) as (keyof typeof cues)[];

/** Texts in which a word stands for each label; all sets occur, the empty one too. */
const rows = Array.from({ length: 160 }, (_, index) => {
  const labels = names.filter((__, bit) => (index >> bit) & 1);
  return { text: `we saw ${labels.map((label) => cues[label]).join(" and ")} near number ${index % 7}`, labels };
});
const folder = folderWith({
  "sets.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
  "sets.csv": [
    "text,labels",
    ...rows.filter(({ labels }) => labels.length > 0).map(({ text, labels }) => `${text},${labels.join(";")}`),
  ].join("\n"),
});
const pathOf = (name: string): string => join(folder, name);
const given: Partial<Recipe> = {
  multilabel: true,
  sequenceLength: undefined,
  mix: undefined,
  epochs: 12,
  learningRate: 0.02,
};
const trained = (out: string, corpus: string, more: Partial<Recipe> = {}) =>
  trainInto(pathOf(out), pathOf(corpus), { ...given, ...more });

test("multilabel: sets of labels are learned, and their thresholds are in the checkpoint", async () => {
  const events = await trained("sets", "sets.jsonl");
  const result = events.find((event) => event.type === "result")?.result;
  expect(result).toMatchObject({ part: "test", accuracy: 1, f1Micro: 1, f1Macro: 1 });
  expect(result!.baselines[0]).toMatchObject({ name: "most frequent set" });
  const { thresholds, labels } = documentIn(pathOf("sets"));
  expect(labels).toEqual(names);
  expect(thresholds).toHaveLength(3);
  const model = modelOf(await loadTextModel(pathOf("sets")), "classifier");
  expect(await evaluate(model)).toMatchObject({ accuracy: 1, f1Micro: 1, thresholds });
});

test("multilabel: each label has a probability of its own, and those above their thresholds apply", async () => {
  const model = await loadTextModel(pathOf("sets"));
  const [two, none] = classifyBatch(model, ["we saw umbrella and kite near number 1", "we saw near number 2"]);
  const applied = (answer: typeof two) => answer!.flatMap(({ label, applies }) => (applies ? [label] : [])).toSorted();
  expect(applied(two)).toEqual(["rain", "wind"]);
  expect(two!.reduce((sum, { probability }) => sum + probability, 0)).toBeGreaterThan(1.5);
  expect(applied(none)).toEqual([]);
});

test("multilabel: classify prints sets, an empty one as an empty cell", async () => {
  const model = await loadTextModel(pathOf("sets"));
  const file = join(
    folderWith({ "new.txt": "we saw umbrella and kite near number 1\nwe saw near number 2\n" }),
    "new.txt",
  );
  const linesOf = async (format: "tsv" | "jsonl", top = 1) => {
    const options = { top, format, inTable: false, encoding: "auto" as const, noHeader: false };
    const reading = { ...options, standardInput: () => (async function* () {})(), onUnreadable: () => undefined };
    let text = "";
    for await (const piece of predictionLines(model, [file], reading as never)) text += String(piece);
    return text.match(/.*\n/g) ?? [];
  };
  const [first, second] = await linesOf("tsv");
  expect(first).toMatch(/^(rain\|wind|wind\|rain)\t[01]\.\d{4}\|[01]\.\d{4}\n$/);
  expect(second).toBe("\t\n");
  expect(JSON.parse((await linesOf("jsonl"))[1]!)).toEqual({ labels: [] });
  expect((await linesOf("tsv", 3))[0]!.split("\t")).toHaveLength(6);
});

test("multilabel: a table with another separator, and another file that is read like it", async () => {
  await trained("cells", "sets.csv", { labelSeparator: ";", epochs: 2 });
  const { thresholds } = documentIn(pathOf("cells"));
  expect(thresholds).toHaveLength(3);
  const model = modelOf(await loadTextModel(pathOf("cells")), "classifier");
  expect((await evaluate(model, pathOf("sets.csv"))).targets).toBe(140);
});

test("multilabel: --mistakes lists wrong sets, highest loss first, and --against compares exact matches", async () => {
  await trained("poor", "sets.jsonl", { epochs: 1, learningRate: 0.0001 });
  const poor = modelOf(await loadTextModel(pathOf("poor")), "classifier");
  const good = modelOf(await loadTextModel(pathOf("sets")), "classifier");
  const {
    setMistakes = [],
    against,
    accuracy,
    targets,
  } = await evaluate(poor, undefined, { mistakes: 100, against: good });
  expect(setMistakes).toHaveLength(Math.round((1 - accuracy!) * targets));
  for (const [index, { text, line, actual, predicted, loss }] of setMistakes.entries()) {
    expect({ text, labels: actual }).toEqual(rows[line! - 1]);
    expect(predicted).not.toEqual(actual);
    expect(loss).toBeLessThanOrEqual(setMistakes[index - 1]?.loss ?? Infinity);
  }
  expect(against).toMatchObject({ accuracy: 1, firstAlone: 0, secondAlone: setMistakes.length, mayHaveSeen: false });
  const text = evaluationText({ ...(await evaluate(poor)), setMistakes, against: against! }, poor.labels, {
    name: "poor",
  });
  expect(text).toContain("loss  missing");
  expect(text).toMatch(/whole sets right: poor [\d.]+%, sets 100\.0%/);
});

test("multilabel: what is defined for one label a text alone is an error of one line", async () => {
  const sets = modelOf(await loadTextModel(pathOf("sets")), "classifier");
  const { folder: critic } = await findCheckpoint("critic", "classifier");
  const one = modelOf(await loadTextModel(critic), "classifier");
  await expect(evaluate(sets, undefined, { against: one })).rejects.toThrow(
    /^--against: .*critic predicts one label a text, and .*sets several labels; compare checkpoints of one kind$/,
  );
  const own = new Map(sets.labels.map((label) => [label, label]));
  expect(() => decisions(sets, own, { conformal: 0.1 })).toThrow(
    /^--conformal has no effect here, because .*sets predicts a set of labels, each by a threshold of its own; remove it$/,
  );
});

test("multilabel: formats of other programs decline it in one line", async () => {
  const model = await loadTextModel(pathOf("sets"));
  await expect(exportModel(model, { to: "onnx", out: pathOf("onnx") })).rejects.toThrow(
    "onnx has no form of several labels a text (--multilabel)",
  );
});

test.each([
  ["--class-weight", { classWeight: ["balanced"] }],
  ["--label-smoothing", { labelSmoothing: 0.1 }],
])("multilabel: %s has no effect", async (option, more) => {
  await expect(trained("refused", "sets.jsonl", more)).rejects.toThrow(`${option} has no effect with --multilabel`);
});

test("thresholds: the one with the highest F1, halfway between two probabilities", () => {
  const row = (probability: number, has: boolean) => ({ probability, has });
  expect(bestThreshold([row(0.3, true), row(0.2, true), row(0.1, false)])).toBeCloseTo(0.15);
  expect(bestThreshold([row(0.9, true), row(0.1, false)])).toBe(0.5);
  expect(bestThreshold([row(0.9, false)])).toBe(0.5);
});
