/** @file Runs that start from the weights of another checkpoint. */
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { train as trainFromLibrary } from "../../src/library/trainingRuns.js";
import type { Recipe } from "../../src/options/recipe.js";
import { resume, type RunEvent, train } from "../../src/training/run.js";
import type { StartOptions } from "../../src/training/startingPoint.js";
import { conlluText, simpleSentences } from "../support/conllu.js";
import { folderWith } from "../support/folder.js";
import {
  comparableContent,
  documentIn,
  eventsOf,
  loadTextModel,
  neverStopped,
  smallFor,
  trainInto,
} from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const letters = Array.from(
  { length: 40 },
  (_, line) =>
    `Dear Ada, THE ${line % 2 ? "owl & the mole" : "crow & the hare"} took ${line % 7} lamps; we walked home.\n`,
).join("");
const folder = folderWith({
  "tale.txt": tale(80),
  "letters.txt": letters,
  "opinions.csv": csvOf(opinions(60)),
  "more.csv": csvOf(opinions(40).map(({ text, label }) => ({ text: `${text} today`, label }))),
  "other.csv": csvOf(opinions(40).map(({ text, label }) => ({ text, label: label === "blame" ? "no" : "yes" }))),
  "tagged.conllu": conlluText(simpleSentences(30)),
  "more.conllu": conlluText(simpleSentences(20).map((text) => text.replaceAll("the/DET", "Zoë's/DET"))),
});
const pathOf = (name: string): string => join(folder, name);

const bases: [string, string, Partial<Recipe>][] = [
  ["characters", "tale.txt", { epochs: 3, learningRate: 0.02 }],
  ["words", "tale.txt", { tokenizer: "words", epochs: 3, learningRate: 0.02 }],
  ["subwords", "tale.txt", { tokenizer: "subwords", vocabulary: 270, epochs: 3, learningRate: 0.02 }],
  ["tied", "tale.txt", { embedding: 12, tieWeights: true, epochs: 3 }],
  ["adaptive", "tale.txt", { tokenizer: "words", softmax: "adaptive", cutoffs: [5, 10], epochs: 3 }],
  ["classifier", "opinions.csv", { epochs: 8, learningRate: 0.02 }],
  ["tagger", "tagged.conllu", { charUnits: 4, epochs: 4, learningRate: 0.02 }],
];

beforeAll(async () => {
  for (const [name, corpus, given] of bases) await trainInto(pathOf(name), pathOf(corpus), given);
});

const { batchSize, epochs, sequenceLength } = smallFor("tale.txt");

/** Starts a run from a base. */
const startInto = (
  out: string,
  corpus: string,
  start: Omit<StartOptions, "from"> & { from: string },
  given: Partial<Recipe> = {},
): Promise<RunEvent[]> =>
  eventsOf(
    train(pathOf(corpus), {
      backend: "auto",
      stop: neverStopped(),
      out: pathOf(out),
      start: { ...start, from: pathOf(start.from) },
      given: { batchSize, epochs, ...(corpus.endsWith(".txt") && { sequenceLength }), ...given },
    }),
  );

const only = <Type extends RunEvent["type"]>(events: RunEvent[], type: Type) =>
  events.find((event): event is Extract<RunEvent, { type: Type }> => event.type === type)!;
const weightsOf = async (name: string) => (await loadCheckpoint(pathOf(name), { training: false })).weights;

test.each(["characters", "words", "tied", "adaptive"])(
  "from: new tokens are added behind the old ones: %s",
  async (from) => {
    const events = await startInto(`grown ${from}`, "letters.txt", { from });
    const base = await loadTextModel(pathOf(from));
    const grown = await loadTextModel(pathOf(`grown ${from}`));
    const { length } = base.tokenizer.vocabulary;
    expect(grown.tokenizer.vocabulary.slice(0, length)).toEqual(base.tokenizer.vocabulary);
    expect(grown.tokenizer.vocabulary.length).toBeGreaterThan(length);
    expect(only(events, "begin").from).toMatchObject({
      checkpoint: pathOf(from),
      tokens: length,
      freeze: [],
      replay: 0,
    });
    expect(documentIn(pathOf(`grown ${from}`)).from).toMatchObject({ tokens: length });
    base.dispose();
    grown.dispose();
  },
);

test("from: subwords keep their merges", async () => {
  await startInto("grown subwords", "letters.txt", { from: "subwords" });
  expect(documentIn(pathOf("grown subwords")).tokenizer).toEqual(documentIn(pathOf("subwords")).tokenizer);
});

test("from: a run starts with what the checkpoint has learned", async () => {
  const firstLoss = (events: RunEvent[]): number => only(events, "step").loss;
  const fresh = await trainInto(pathOf("fresh"), pathOf("tale.txt"), { dropout: 0 });
  const started = await startInto("again", "tale.txt", { from: "characters" }, { dropout: 0 });
  expect(firstLoss(started)).toBeLessThan(0.7 * firstLoss(fresh));
});

test("from: the old corpus is scored before and after, before as the checkpoint itself scored it", async () => {
  const events = await startInto("scored", "letters.txt", { from: "characters" });
  const { base } = only(events, "result");
  const { history, progress } = documentIn(pathOf("characters"));
  const best = history.find(({ step }) => step === progress["best"])!;
  expect(base).toMatchObject({ corpus: pathOf("tale.txt"), part: "validation", before: { loss: best["validation"] } });
  expect(base!.before.perplexity).toBeCloseTo(Math.exp(base!.before.loss!), 6);
  expect(base!.after.loss).not.toBe(base!.before.loss);
  expect(documentIn(pathOf("scored")).from!.scores!.after).toEqual({ loss: base!.after.loss });
});

test("from: labels that the checkpoint knows keep its output layer", async () => {
  const { base } = only(await startInto("same labels", "more.csv", { from: "classifier" }), "result");
  expect(base!.before.accuracy).toBeGreaterThan(0.9);
  expect(documentIn(pathOf("same labels")).labels).toEqual(documentIn(pathOf("classifier")).labels);
});

test("from: other labels get a new output layer, which is said", async () => {
  const events = await startInto("other labels", "other.csv", { from: "classifier" });
  expect(only(events, "begin").warnings).toContainEqual(
    expect.stringMatching(/labels are not those of .*classifier \(blame, praise\), so the output layer is a new one$/),
  );
  expect(documentIn(pathOf("other labels"))).toMatchObject({ labels: ["no", "yes"], from: { newHead: true } });
  expect(only(events, "result").base).toBeUndefined();
  await expect(startInto("replayed labels", "other.csv", { from: "classifier", replay: 0.1 })).rejects.toThrow(
    /^--replay needs the labels of .*classifier, blame, praise, and this corpus has others; remove --replay$/,
  );
});

test("from: a tagger gets new words and new characters", async () => {
  const { base } = only(await startInto("more tags", "more.conllu", { from: "tagger" }), "result");
  const { from, spelling, tokenizer } = documentIn(pathOf("more tags"));
  expect((spelling!["vocabulary"] as string[]).slice(from!.characters)).toContain("Z");
  expect((tokenizer!["vocabulary"] as string[]).slice(from!.tokens)).toContain("Zoë's");
  expect(base!.after.accuracy).toBeDefined();
});

const stoppedRuns: [string, string, Omit<StartOptions, "from"> & { from: string }, Partial<Recipe>][] = [
  ["characters", "letters.txt", { from: "characters" }, { dropout: 0.2 }],
  ["words, replayed", "letters.txt", { from: "words", replay: 0.3 }, { dropout: 0.2 }],
  [
    "frozen rows",
    "letters.txt",
    { from: "characters", freeze: ["embedding"] },
    { optimizer: "adamw", weightDecay: 0.1 },
  ],
  ["frozen layers, replayed", "letters.txt", { from: "tied", freeze: ["layers"], replay: 0.2 }, {}],
  ["labels, replayed", "more.csv", { from: "classifier", replay: 0.25 }, {}],
  ["tags, replayed and frozen", "more.conllu", { from: "tagger", replay: 0.2, freeze: ["embedding"] }, {}],
];

test.each(stoppedRuns)(
  "from: a run that was stopped ends with the same bits: %s",
  async (name, corpus, start, given) => {
    await startInto(`${name} whole`, corpus, start, given);
    const { step } = documentIn(pathOf(`${name} whole`)).progress as { step: number };
    const controller = new AbortController();
    const begun = train(pathOf(corpus), {
      backend: "auto",
      stop: controller.signal,
      out: pathOf(`${name} parts`),
      start: { ...start, from: pathOf(start.from) },
      given: { batchSize, epochs, ...(corpus.endsWith(".txt") && { sequenceLength }), ...given },
    });
    await eventsOf(begun, (event) => {
      if (event.type === "step" && event.step === Math.floor(step / 2)) controller.abort();
    });
    const ended = await eventsOf(resume(pathOf(`${name} parts`), { backend: "auto", stop: neverStopped(), given: {} }));
    expect(only(ended, "result").base).toBeDefined();
    expect(comparableContent(pathOf(`${name} parts`))).toEqual(comparableContent(pathOf(`${name} whole`)));
  },
);

test.each(["adam", "adamw", "sgd", "momentum", "rmsprop"] as const)(
  "from: --freeze embedding keeps the old rows to the bit and trains the new ones (%s)",
  async (optimizer) => {
    await startInto(`rows ${optimizer}`, "letters.txt", { from: "characters", freeze: ["embedding"] }, { optimizer });
    const before = (await weightsOf("characters")).get("0-embedding/table")!;
    const after = (await weightsOf(`rows ${optimizer}`)).get("0-embedding/table")!;
    expect(after.values.slice(0, before.values.length)).toEqual(before.values);
    const [first, second] = [0, 1].map((row) =>
      Array.from(after.values.slice(before.values.length + 8 * row, before.values.length + 8 * (row + 1))),
    );
    expect(first).not.toEqual(second); // both began as the mean of the old rows
  },
);

test("from: --freeze layers keeps the recurrent layers, and the others learn", async () => {
  await startInto("frozen", "letters.txt", { from: "characters", freeze: ["layers"] });
  const [before, after] = [await weightsOf("characters"), await weightsOf("frozen")];
  const isKept = (name: string): boolean => {
    const { values } = before.get(name)!;
    return Buffer.from(after.get(name)!.values.slice(0, values.length).buffer).equals(
      Buffer.from(values.slice().buffer),
    );
  };
  expect([...before.keys()].filter(isKept)).toEqual(
    [...before.keys()].filter((name) => !/^(0-embedding|head)/.test(name)),
  );
});

test("from: with --replay the old corpus is forgotten less", async () => {
  const given = { epochs: 12, learningRate: 0.01 };
  const rise = async (out: string, replay: number): Promise<number> => {
    const { base } = only(await startInto(out, "letters.txt", { from: "characters", replay }, given), "result");
    return base!.after.loss! - base!.before.loss!;
  };
  expect(await rise("replayed", 0.3)).toBeLessThan((await rise("not replayed", 0)) / 2);
});

test("from: an old corpus that is changed or gone is one clear line, and an error with --replay", async () => {
  writeFileSync(pathOf("passing.txt"), tale(50));
  await trainInto(pathOf("passing"), pathOf("passing.txt"), {});
  writeFileSync(pathOf("passing.txt"), tale(51));
  const warned = async (out: string) =>
    only(await startInto(out, "letters.txt", { from: "passing" }), "begin").warnings;
  expect(await warned("changed")).toContainEqual(
    expect.stringMatching(
      /^not scored before and after: .*passing\.txt, which .*passing was trained on, cannot be read: .*differs/,
    ),
  );
  rmSync(pathOf("passing.txt"));
  expect(await warned("gone")).toContainEqual(
    expect.stringMatching(/cannot be read: its corpus .*passing\.txt is not here/),
  );
  await expect(startInto("lost", "letters.txt", { from: "passing", replay: 0.1 })).rejects.toThrow(
    /^--replay: .*passing\.txt, which .*passing was trained on, cannot be read: its corpus .* is not here/,
  );
});

test("from: the checkpoint may be gone when the run is resumed", async () => {
  cpSync(pathOf("characters"), pathOf("removed"), { recursive: true });
  await startInto("kept", "letters.txt", { from: "removed", replay: 0.2 });
  rmSync(pathOf("removed"), { recursive: true });
  const events = await eventsOf(
    resume(pathOf("kept"), { backend: "auto", stop: neverStopped(), given: { epochs: 3 } }),
  );
  expect(only(events, "end").reason).toBe("finished");
});

test.each<[string, Partial<Recipe>, RegExp]>([
  ["units", { units: [64] }, /^--units 64 contradicts --from .*characters, whose network has --units 12; remove it/],
  ["layers", { layers: 2 }, /^--units 12,12 contradicts --from/],
  ["cell", { cell: "gru" }, /^--cell gru contradicts --from .* whose network has --cell lstm/],
  [
    "dropped residuals",
    { residual: true },
    /^--residual contradicts --from .* whose network has no --residual; remove it/,
  ],
  ["tokenizer", { tokenizer: "words" }, /^--tokenizer words contradicts --from .*--tokenizer characters/],
  [
    "vocabulary",
    { vocabulary: 5 },
    /^--vocabulary 5 contradicts --from .*, which has \d+ characters; give \d+ or more/,
  ],
])("from: %s that contradict the checkpoint are one clear line", async (name, given, message) => {
  await expect(startInto(`refused ${name}`, "letters.txt", { from: "characters" }, given)).rejects.toThrow(message);
});

test("from: options that the checkpoint has, and other dropout, are no contradiction", async () => {
  const given = { units: [12], embedding: 8, dropout: 0.5, embeddingDropout: 0.1 };
  await startInto("other dropout", "letters.txt", { from: "characters" }, given);
  expect(documentIn(pathOf("other dropout")).options).toMatchObject({ units: "12", dropout: "0.5" });
  expect(JSON.stringify(documentIn(pathOf("other dropout")).spec)).toContain('"rate":0.5');
});

test("from: another task is one clear line", async () => {
  const options = { from: pathOf("characters"), task: "tagger", out: pathOf("task") } as const;
  await expect(trainFromLibrary(pathOf("tagged.conllu"), options)).rejects.toThrow(
    /^--from .*characters is a generator, from which no tagger can start/,
  );
});

test("from: --freeze and --replay have no effect without it", async () => {
  await expect(trainFromLibrary(pathOf("tale.txt"), { replay: 0.1, out: pathOf("alone") })).rejects.toThrow(
    "--replay has no effect without --from; remove it or add --from",
  );
});
