/** @file A resumed run ends with the bits of a run that was never stopped. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Recipe } from "../../src/options/recipe.js";
import { resume, type RunEvent, type RunOptions, train } from "../../src/training/run.js";
import { folderWith } from "../support/folder.js";
import {
  documentIn,
  comparableContent,
  eventsOf,
  neverStopped,
  small,
  smallFor,
  trainInto,
} from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const folder = folderWith({
  "tale.txt": tale(40),
  "other.txt": tale(39),
  "opinions.csv": csvOf(opinions(60)),
  "sets.csv": csvOf(opinions(60).map(({ text, label }) => ({ text, label: `${label}|${text.split(" ")[1]}` }))),
  "numbers.csv": csvOf(opinions(60))
    .replaceAll("\n", ",7\n")
    .replace(",7", ",stars")
    .replaceAll(/(good.*),7$/gm, "$1,"),
  "vectors.txt": "broken 1 -1\nwarm -1 0.5\n",
});
const pathOf = (name: string): string => join(folder, name);

/** Trains or resumes until a step, and stops there as Ctrl-C does. */
function stoppedAt(step: number, begin: (options: Omit<RunOptions, "given">) => AsyncIterable<RunEvent>) {
  const controller = new AbortController();
  return eventsOf(begin({ backend: "auto", stop: controller.signal }), (event) => {
    if (event.type === "step" && event.step === step) controller.abort();
  });
}

const continueRun = (out: string, given: Partial<Recipe> = {}): Promise<RunEvent[]> =>
  eventsOf(resume(out, { backend: "auto", stop: neverStopped(), given }));

const endOf = (events: RunEvent[]) => events.find((event) => event.type === "end")?.reason;

const dropped: Partial<Recipe> = {
  dropout: 0.2,
  variationalDropout: true,
  recurrentDropout: 0.2,
  weightDrop: 0.3,
  embeddingDropout: 0.1,
};
const runs: [string, string, Partial<Recipe>][] = [
  ["streams with dropout and adam", "tale.txt", { dropout: 0.3, units: [12, 8] }],
  ["documents that continue over batches", "tale.txt", { documents: "lines", sequenceLength: 5, batchSize: 4 }],
  ["learned beginnings", "tale.txt", { learnedInitialState: true }],
  ["every kind of dropout", "tale.txt", { ...dropped, batchSize: 64, units: [6, 6], residual: true, layerNorm: true }],
  ["every kind of dropout, to label", "opinions.csv", { ...dropped, units: [6, 6], residual: true }],
  [
    "windows in both directions",
    "tale.txt",
    { examples: "windows", sequenceLength: 5, batchSize: 64, bidirectional: "yes" },
  ],
  ["words, word dropout, momentum", "tale.txt", { tokenizer: "words", wordDropout: 0.2, optimizer: "momentum" }],
  ["an element-wise cell", "tale.txt", { cell: "sru", units: [12, 8], dropout: 0.2, learnedInitialState: true }],
  [
    "an element-wise cell with normalized outputs, to label",
    "opinions.csv",
    { cell: "hgrn", units: [6, 6], epochs: 3 },
  ],
  [
    "blocks with a causal convolution",
    "tale.txt",
    { block: true, cell: "hgrn", units: [6, 6], causalConv: 4, dropout: 0.2, learnedInitialState: true },
  ],
  ["blocks, to label", "opinions.csv", { block: true, cell: "mingru", units: [6], causalConv: 3, epochs: 3 }],
  ["an adaptive softmax", "tale.txt", { tokenizer: "words", softmax: "adaptive", cutoffs: [5, 10] }],
  ["decaying weights", "tale.txt", { optimizer: "adamw", weightDecay: 0.1 }],
  ["a running mean of squares", "opinions.csv", { optimizer: "rmsprop", epochs: 3 }],
  ["without validation", "tale.txt", { validation: "0", optimizer: "sgd" }],
  ["class weights and label smoothing", "opinions.csv", { classWeight: ["balanced"], labelSmoothing: 0.1, epochs: 3 }],
  [
    "frozen word vectors",
    "opinions.csv",
    { vectors: join(folder, "vectors.txt"), freezeEmbedding: true, epochs: 3, embedding: 2 },
  ],
  ["several labels a text", "sets.csv", { multilabel: true, epochs: 3, dropout: 0.3 }],
  ["long documents in chunks", "opinions.csv", { maxLength: 3, epochs: 3 }],
  ["numbers beside texts", "numbers.csv", { valueColumns: ["stars"], epochs: 3, dropout: 0.3 }],
  ["labels", "opinions.csv", { epochs: 3, dropout: 0.5, schedule: "linear" }],
];

test.each(runs)("resume: a run that was stopped twice ends with the same bits: %s", async (name, corpus, given) => {
  const [whole, parts] = [pathOf(`${name} whole`), pathOf(`${name} parts`)];
  await trainInto(whole, pathOf(corpus), given, { networkAlone: false });
  const { step } = documentIn(whole).progress as { step: number };
  const recipe = { ...smallFor(corpus), ...given };

  const first = await stoppedAt(Math.floor(step / 3), (options) =>
    train(pathOf(corpus), { ...options, out: parts, given: recipe }),
  );
  expect(endOf(first)).toBe("interrupted");
  const second = await stoppedAt(Math.floor(step / 3) + 1, (options) => resume(parts, { ...options, given: {} }));
  expect(endOf(second)).toBe("interrupted");
  const last = await continueRun(parts);

  expect(endOf(last)).toBe("finished");
  expect(comparableContent(parts)).toEqual(comparableContent(whole));
});

test("resume: a finished run that is lengthened equals the longer run, with a constant schedule", async () => {
  const given = { schedule: "constant", warmUp: 0, dropout: 0.2 } as const;
  await trainInto(pathOf("long"), pathOf("tale.txt"), { ...given, epochs: 4 });
  await trainInto(pathOf("lengthened"), pathOf("tale.txt"), { ...given, epochs: 2 });
  await continueRun(pathOf("lengthened"), { epochs: 4 });
  expect(comparableContent(pathOf("lengthened"))).toEqual(comparableContent(pathOf("long")));
});

test("resume: a finished run needs more epochs", async () => {
  await trainInto(pathOf("ended"), pathOf("tale.txt"), {});
  await expect(continueRun(pathOf("ended"))).rejects.toThrow(
    /has finished its 2\.0 epochs; to continue, give more with --epochs, or give --for/,
  );
  await expect(continueRun(pathOf("ended"), { epochs: 2 })).rejects.toThrow("has finished its 2.0 epochs");
});

/** The last save is after a step and before its evaluation, as in a run that was killed between them. */
async function killedBeforeEvaluation(out: string, which: number, given: Partial<Recipe>): Promise<void> {
  const run = train(pathOf("tale.txt"), { backend: "auto", stop: neverStopped(), saveEvery: 0, out, given });
  let evaluateEvery = Infinity;
  for await (const event of run) {
    if (event.type === "begin") ({ evaluateEvery } = event.plan);
    if (event.type === "step" && event.step === which * evaluateEvery) break;
  }
}

test.each([1, 2])("resume: a run that was killed before evaluation %i of 2 makes it", async (which) => {
  const [whole, parts] = [pathOf(`evaluated ${which}`), pathOf(`unevaluated ${which}`)];
  const given = { ...small, dropout: 0.2 };
  await trainInto(whole, pathOf("tale.txt"), given);
  await killedBeforeEvaluation(parts, which, given);
  expect(documentIn(parts).history).toHaveLength(which - 1);
  await continueRun(parts);
  expect(comparableContent(parts)).toEqual(comparableContent(whole));
});

test("train: --epochs and --for exclude each other", async () => {
  const options = {
    backend: "auto",
    stop: neverStopped(),
    out: pathOf("twice"),
    given: { epochs: 2, for: 5 },
  } as const;
  await expect(eventsOf(train(pathOf("tale.txt"), options))).rejects.toThrow("--epochs and --for both set the length");
});

test("resume: a run with --for keeps its planned steps", async () => {
  const events = await stoppedAt(1, (options) =>
    train(pathOf("tale.txt"), { ...options, out: pathOf("timed"), given: { ...small, epochs: undefined, for: 0.5 } }),
  );
  const { plan: first } = events.find((event) => event.type === "begin")!;
  const { plan: planned } = events.findLast((event) => event.type === "begin" || event.type === "plan")!;
  expect(first.steps % first.evaluateEvery).toBe(0);
  expect(documentIn(pathOf("timed")).progress).toMatchObject({ step: 1, plan: planned });
});

test("resume: a changed corpus is an error", async () => {
  await stoppedAt(3, (options) => train(pathOf("tale.txt"), { ...options, out: pathOf("swapped"), given: small }));
  const other = resume(pathOf("swapped"), {
    backend: "auto",
    stop: neverStopped(),
    given: {},
    corpus: pathOf("other.txt"),
  });
  await expect(eventsOf(other)).rejects.toThrow(
    /other\.txt differs from the corpus that this checkpoint was trained on/,
  );
});

test("resume: a moved checkpoint folder resumes", async () => {
  await stoppedAt(3, (options) => train(pathOf("tale.txt"), { ...options, out: pathOf("before"), given: small }));
  cpSync(pathOf("before"), pathOf("after"), { recursive: true });
  await continueRun(pathOf("before"));
  await continueRun(pathOf("after"));
  expect(comparableContent(pathOf("after"))).toEqual(comparableContent(pathOf("before")));
});

test("resume: a run that --patience ended, killed before its scores, is scored; then it needs a larger --patience", async () => {
  const out = pathOf("impatient");
  const given = { ...small, epochs: 40, learningRate: 0.5, patience: 1 };
  let reason = "";
  for await (const event of train(pathOf("tale.txt"), {
    backend: "auto",
    stop: neverStopped(),
    saveEvery: 0,
    out,
    given,
  })) {
    if (event.type !== "end") continue;
    ({ reason } = event);
    break;
  }
  expect(reason).toBe("patience");
  const again = () => eventsOf(resume(out, { backend: "auto", stop: neverStopped(), given: {} }));
  expect((await again()).at(-1)).toMatchObject({ type: "result", result: { part: "test" } });
  await expect(again()).rejects.toThrow("to continue, give a larger --patience");
});
