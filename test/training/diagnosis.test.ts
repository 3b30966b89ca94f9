/** @file The diagnosis at the end of a run: of real runs that were made to have each fault, and of records. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { randomStream } from "../../src/common/random.js";
import type { Recipe } from "../../src/options/recipe.js";
import { diagnose } from "../../src/training/diagnosis.js";
import type { RunRecord } from "../../src/training/runFigures.js";
import { folderWith } from "../support/folder.js";
import { trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

/** Words of which each is followed by one other word, a few times each. */
const rareWords = Array.from({ length: 9000 }, (_, index) => `${index % 12 ? "" : "\n"}w${(index * 7) % 3001}`).join(
  " ",
);
const random = randomStream(1, "opinions");
const withoutSense = opinions(300).map(({ text }) => ({
  text: `${text} ${Math.floor(random() * 1e6)}`,
  label: random() < 0.5 ? "praise" : "blame",
}));
const folder = folderWith({
  "short.txt": tale(40),
  "long.txt": tale(1300),
  "rare.txt": rareWords,
  "opinions.csv": csvOf(opinions(240)),
  "senseless.csv": csvOf(withoutSense),
});

/** The diagnosis of a run. */
async function diagnosisOf(corpus: string, given: Partial<Recipe>, name = JSON.stringify(given)) {
  const out = join(folder, `${corpus} ${name.replaceAll(/\W+/g, " ")}`);
  const events = await trainInto(out, join(folder, corpus), given);
  return events.flatMap((event) => (event.type === "result" ? (event.diagnosis ?? []) : []));
}

test("diagnosis: a run that learned what there is to learn has none", async () => {
  expect(await diagnosisOf("opinions.csv", { epochs: 12, learningRate: 0.02 })).toEqual([]);
});

test("diagnosis: the first steps of a short run do not make its learning rate too high", async () => {
  const given = { epochs: 3, units: [128, 128], embedding: 64, batchSize: 16, sequenceLength: 64 };
  const found = await diagnosisOf("short.txt", given);
  expect(found.map(({ fault }) => fault)).toEqual(["corpus-too-small"]);
});

test("diagnosis: a run that was too short is underfitting, and longer training is advised", async () => {
  const [first, ...others] = await diagnosisOf("long.txt", { epochs: 1, batchSize: 16 });
  expect(first).toMatchObject({
    fault: "underfitting",
    finding: expect.stringMatching(
      /^underfitting: 6-gram model \(perplexity [\d.]+\) is better than the network \(perplexity [\d.]+\), and it has read the training part 1\.0 times$/,
    ) as string,
    advice: "train longer: more --epochs, or a longer --for",
  });
  expect(others).toEqual([]);
});

test("diagnosis: a network that is too small is underfitting, and more units are advised", async () => {
  const given = { units: [1], embedding: 2, epochs: 6, learningRate: 0.02, batchSize: 8, dropout: 0 };
  expect(await diagnosisOf("long.txt", given)).toMatchObject([
    { fault: "underfitting", advice: "a larger network: more --units (now 1)" },
  ]);
});

test("diagnosis: a learning rate that is too low is named", async () => {
  const [first] = await diagnosisOf("long.txt", { learningRate: 0.00001, epochs: 4, batchSize: 16 });
  expect(first).toMatchObject({ fault: "underfitting", advice: "a higher --learning-rate, as in 0.005 (now 0.00001)" });
});

test("diagnosis: labels without sense are learned by heart, which is overfitting", async () => {
  const [first] = await diagnosisOf("senseless.csv", { epochs: 12, learningRate: 0.02, dropout: 0, units: [24] });
  expect(first).toMatchObject({
    fault: "overfitting",
    finding: expect.stringMatching(
      /^overfitting: the validation loss rose from .* while the training loss fell to 0\.\d\d$/,
    ) as string,
    advice: expect.stringMatching(/^more text; without it --dropout 0\.2 \(now 0\), or --epochs \d+$/) as string,
  });
});

test("diagnosis: little text is named before what follows from it", async () => {
  expect(await diagnosisOf("short.txt", { epochs: 3 })).toMatchObject([
    {
      fault: "corpus-too-small",
      finding: expect.stringMatching(/^the corpus is too small: 1,\d+ characters of training for/) as string,
    },
  ]);
});

test("diagnosis: words that hardly repeat are a vocabulary that is too large", async () => {
  const [first] = await diagnosisOf("rare.txt", { tokenizer: "words", epochs: 3 });
  expect(first).toMatchObject({
    fault: "vocabulary-too-large",
    finding: expect.stringMatching(
      /^the vocabulary is too large for this corpus: 3,\d+ tokens, which occur 2\.\d times on average/,
    ) as string,
    advice: expect.stringMatching(/^--tokenizer subwords --vocabulary \d+, or --tokenizer characters$/) as string,
  });
});

test.each<[string, string, Partial<Recipe>]>([
  ["far too high", "long.txt", { learningRate: 3, epochs: 4, batchSize: 16 }],
  ["too high", "long.txt", { learningRate: 0.5, epochs: 4, batchSize: 16 }],
  ["too high for labels", "senseless.csv", { learningRate: 2, epochs: 4 }],
  ["infinite", "long.txt", { learningRate: 1e37, schedule: "constant", epochs: 4 }],
])("diagnosis: a learning rate that is %s is the one finding", async (_, corpus, given) => {
  expect(await diagnosisOf(corpus, given)).toMatchObject([
    {
      fault: "learning-rate-too-high",
      advice: expect.stringMatching(/^a lower --learning-rate, as in 0\.005 \(now /) as string,
    },
  ]);
});

/** A good run on a large text: dropout keeps the training loss above the validation loss. */
const good: RunRecord = {
  task: "generator",
  reason: "finished",
  history: [1.9, 1.5, 1.35, 1.3].map((training, index) => ({
    step: 100 * (index + 1),
    epoch: index + 1,
    training,
    validation: training - 0.05,
  })),
  best: 400,
  stepsPerEpoch: 100,
  parameters: 900_000,
  classes: 80,
  vocabulary: 80,
  training: { documents: 1, characters: 400_000, tokens: 400_000 },
  recipe: { learningRate: 0.003, optimizer: "adam", dropout: 0.2, tokenizer: "characters", units: [256] },
  result: { part: "test", targets: 40_000, loss: 1.27, baselines: [{ name: "6-gram model", loss: 1.4 }] },
};

test("diagnosis: a good run, a run without validation and an interrupted one have none", () => {
  expect(diagnose(good)).toEqual([]);
  expect(
    diagnose({ ...good, history: good.history.map(({ step, epoch, training }) => ({ step, epoch, training })) }),
  ).toEqual([]);
  expect(diagnose({ ...good, reason: "interrupted", result: { ...good.result!, loss: 3 } })).toEqual([]);
});

test("diagnosis: a baseline that is better by chance on a small part is no fault", () => {
  const result = {
    part: "test" as const,
    targets: 30,
    loss: 0.5,
    accuracy: 0.8,
    baselines: [{ name: "naive Bayes", accuracy: 0.87 }],
  };
  const record = {
    ...good,
    history: [0.6, 0.5, 0.45, 0.44].map((loss, index) => ({
      step: 100 * (index + 1),
      epoch: index + 1,
      training: loss,
      validation: loss,
      accuracy: 0.8,
    })),
    task: "classifier" as const,
    classes: 2,
    training: { documents: 300, characters: 9000, tokens: 2000 },
    result,
  };
  expect(diagnose(record)).toEqual([]);
  expect(diagnose({ ...record, result: { ...result, targets: 3000 } })).toMatchObject([{ fault: "underfitting" }]);
});

test("diagnosis: surer answers, with a higher loss and the same accuracy, are no fault", () => {
  const history = [0.5, 0.3, 0.15, 0.1].map((training, index) => ({
    step: 100 * (index + 1),
    epoch: index + 1,
    training,
    validation: [0.45, 0.42, 0.44, 0.48][index]!,
    accuracy: [0.8, 0.84, 0.85, 0.86][index]!,
  }));
  const result = {
    part: "test" as const,
    targets: 400,
    loss: 0.47,
    accuracy: 0.86,
    baselines: [{ name: "naive Bayes", accuracy: 0.8 }],
  };
  expect(diagnose({ ...good, task: "classifier", classes: 2, history, result })).toEqual([]);
});
