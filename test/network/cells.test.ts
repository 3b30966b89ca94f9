/** @file A cell and a pooling defined by the caller: they train, are saved, loaded and used on every backend. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  classify,
  defineCell,
  definePooling,
  generate,
  loadModel,
  type State,
  tf,
  UserError,
} from "../../src/index.js";
import { recurrent } from "../../src/engine/ops/recurrent.js";
import { type CellDefinition, cellNamed, removeCell } from "../../src/network/cells.js";
import { type Pooling, removePooling } from "../../src/network/poolings.js";
import { readSpec, type Spec } from "../../src/network/spec.js";
import { cellNames } from "../../src/common/names.js";
import { backendsHere, gradientError } from "../engine/support.js";
import { inputsOf, run } from "../engine/ops/layers.js";
import { folderWith } from "../support/folder.js";
import { documentIn, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

/** Minimal gated unit (Zhou et al. 2016): one gate f, h' = (1 - f) h + f tanh(x W + (f h) U). */
const minimalGated: CellDefinition = {
  gates: 2,
  states: 1,
  step: (input, [hidden], { kernel, recurrent: weights, bias }): State => {
    const [xf, xc] = tf.split(tf.add(tf.matMul(input, kernel), bias), 2, 1) as [tf2, tf2];
    const [uf, uc] = tf.split(weights, 2, 1) as [tf2, tf2];
    const f: tf2 = tf.sigmoid(tf.add(xf, tf.matMul(hidden, uf)));
    const candidate: tf2 = tf.tanh(tf.add(xc, tf.matMul<tf2>(tf.mul(f, hidden), uc)));
    return [tf.add(hidden, tf.mul(f, tf.sub(candidate, hidden)))];
  },
};
type tf2 = State[number];

/** The sum of a row's steps, multiplied by a weight for each column. */
const weightedSum: Pick<Pooling, "weights" | "forward"> = {
  weights: (inputs, { kernel }) => ({ scale: { shape: [1, inputs], initialize: kernel } }),
  forward: ({ sequence, lengths }, { scale }) => {
    const [time] = sequence.shape;
    const steps = tf.expandDims(tf.range(0, time, 1, "int32"), 1); // [time, 1]
    const mask = lengths === null ? tf.onesLike(steps) : tf.less(steps, tf.expandDims(lengths, 0)); // [time, batch]
    const within = tf.where(tf.expandDims(tf.cast(mask, "bool"), 2), sequence, tf.zerosLike(sequence));
    return tf.mul(tf.sum<tf2>(within, 0), scale!);
  },
};

function define(): void {
  defineCell("minimal-gated", minimalGated);
  definePooling("weighted-sum", weightedSum);
  onTestFinished(() => {
    removeCell("minimal-gated");
    removePooling("weighted-sum");
  });
}

const folder = folderWith({ "tale.txt": tale(16), "opinions.csv": csvOf(opinions(20)) });

test.each(backendsHere)(
  "defineCell: on %s a cell of the caller trains, is saved and loaded, and generates",
  async (backend) => {
    define();
    const out = join(folder, `generator-${backend}`);
    const events = await trainInto(out, join(folder, "tale.txt"), { cell: "minimal-gated" }, { backend });
    expect(events.at(-1)).toMatchObject({ type: "result" });
    expect(documentIn(out)).toMatchObject({ options: { cell: "minimal-gated" } });
    const [text] = await generate(out, { backend, prompt: "the ", maxTokens: 20 });
    expect(text!.length).toBeGreaterThan(10);
  },
);

test.each(backendsHere)(
  "definePooling: on %s a pooling of the caller trains, is saved and loaded, and classifies",
  async (backend) => {
    define();
    const out = join(folder, `classifier-${backend}`);
    const pooling = ["weighted-sum", "max"];
    await trainInto(
      out,
      join(folder, "opinions.csv"),
      { cell: "minimal-gated", bidirectional: "yes", pooling },
      { backend },
    );
    const [predictions] = await classify(out, "a lovely film", { backend });
    expect(["blame", "praise"]).toContain(predictions![0]!.label);
  },
);

test("defineCell: the gradient of a cell of the caller matches finite differences", async () => {
  define();
  const cell = cellNamed("minimal-gated");
  const shape = { time: 3, batch: 2, inputs: 3, units: 2, directions: 2, initial: true };
  expect(await gradientError(inputsOf(cell, shape), run(recurrent, cell, shape, [3, 1]))).toBeLessThan(0.01);
});

test("loadModel: an unknown cell in a checkpoint is one line that names the checkpoint and the known cells", async () => {
  define();
  const out = join(folder, "foreign");
  await trainInto(out, join(folder, "tale.txt"), { cell: "minimal-gated" });
  removeCell("minimal-gated");
  const loading = loadModel(out, { backend: "auto" });
  await expect(loading).rejects.toThrow(UserError);
  await expect(loading).rejects.toThrow(
    `${out}: uses the cell minimal-gated, which this rnn does not have; cells are: ${cellNames.join(", ")}`,
  );
});

test("readSpec: an unknown pooling names the nearest known one", () => {
  const spec: Spec = {
    task: "classifier",
    vocabulary: 9,
    layers: [
      { type: "embedding", units: 2 },
      { type: "pooling", over: ["meen"] },
    ],
    classes: 2,
  };
  expect(() => readSpec(spec)).toThrow("uses the pooling meen, which this rnn does not have; did you mean mean?");
});

test("defineCell: a name that exists is an error", () => {
  expect(() => defineCell("lstm", minimalGated)).toThrow("there is a cell lstm already");
});
