/** @file `train` and `resume` of the library. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadModel, resume, train, type RunEvent } from "../../src/index.js";
import { folderWith } from "../support/folder.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const folder = folderWith({ "tale.txt": tale(60), "opinions.csv": csvOf(opinions(80)) });
const text = join(folder, "tale.txt");
const table = join(folder, "opinions.csv");
const tiny = { embedding: 8, units: 12, batchSize: 4 };

test("train: awaiting a run returns its folder, scores and history", async () => {
  const out = join(folder, "awaited");
  const { folder: made, result, history, reason } = await train(text, { ...tiny, epochs: 2, sequenceLength: 16, out });
  expect(made).toBe(out);
  expect(result).toMatchObject({ part: "test", loss: expect.any(Number) });
  expect(history).toHaveLength(2);
  expect(reason).toBe("finished");
});

test("train: iterating a run yields its events, and the task narrows the model's type", async () => {
  const out = join(folder, "iterated");
  const events: RunEvent[] = [];
  for await (const event of train(table, { ...tiny, epochs: 1, out })) events.push(event);
  expect(events[0]).toMatchObject({
    type: "begin",
    task: "classifier",
    labels: ["blame", "praise"],
    parameters: expect.any(Number),
    step: 0,
  });
  expect(events[0]).not.toHaveProperty("assembly");
  expect(events.slice(-3)).toMatchObject([{ type: "end" }, { type: "label-model" }, { type: "result" }]);
  const model = await loadModel(out, { task: "classifier" });
  expect(model.labels).toEqual(["blame", "praise"]);
  await expect(loadModel(out, { task: "generator" })).rejects.toThrow(
    expect.objectContaining({ name: "UserError", message: expect.stringContaining("classifier") }),
  );
});

test("train: numbers, booleans, single values and durations are accepted as on the command line", async () => {
  const out = join(folder, "loose");
  await train(table, { ...tiny, for: "1s", validation: 0.2, test: 0, bidirectional: false, pooling: "mean", out });
  const { recipe } = await loadModel(out);
  expect(recipe).toMatchObject({ for: 1, validation: "0.2", bidirectional: "no", pooling: ["mean"], units: [12] });
});

test.each([
  [{ epochs: 0 }, "epochs: expected a whole number from 1, got 0"],
  [{ epoch: 3 }, "no such option: epoch; did you mean epochs?"],
  [{ cell: "lsmt" }, "cell: expected one of"],
])("train: %o is a UsageError", async (options, message) => {
  await expect(train(text, options as object)).rejects.toThrow(
    expect.objectContaining({ name: "UsageError", message: expect.stringContaining(message) }),
  );
});

test("resume: a run that a signal stopped continues", async () => {
  const out = join(folder, "stopped");
  const stop = new AbortController();
  const options = { ...tiny, epochs: 2, sequenceLength: 16, out, signal: stop.signal };
  for await (const event of train(text, options)) if (event.type === "step") stop.abort();
  const { reason, history } = await resume(out);
  expect(reason).toBe("finished");
  expect(history).toHaveLength(2);
});
