/** @file Presets: each network trains, and given options override the preset. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadPreset, presetNames, withPreset } from "../../src/options/presets.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";
import { train } from "../../src/training/run.js";

const cwd = folderWith({ "tale.txt": tale(80), "opinions.csv": csvOf(opinions(60)) });
const names = await presetNames();

test.each(names)("presets: %s builds its network and trains a step", async (name) => {
  const preset = await loadPreset(name);
  for (const { because } of Object.values(preset.options)) expect(because).not.toBe("");
  const stop = new AbortController();
  const corpus = join(cwd, preset.task === "generator" ? "tale.txt" : "opinions.csv");
  const given = withPreset(preset, { batchSize: 2 });
  let steps = 0;
  for await (const event of train(corpus, {
    given,
    task: preset.task,
    backend: "auto",
    out: join(cwd, name),
    stop: stop.signal,
  })) {
    if (event.type !== "step") continue;
    steps++;
    stop.abort();
  }
  expect(steps).toBe(1);
  expect(documentIn(join(cwd, name)).options).toMatchObject({ "batch-size": "2" });
});

test("presets: --preset sets all numbers that are not given, and the checkpoint records them", async () => {
  const { code } = await rnn(
    ["train", "opinions.csv", "--preset", "udacity-gru", "--units", "8", "--for", "1s", "-o", "own"],
    { cwd },
  );
  expect(code).toBe(0);
  expect(documentIn(join(cwd, "own")).options).toMatchObject({ cell: "gru", units: "8", embedding: "16", for: "1" });
});

test("presets: --presets lists the presets on stdout; an unknown preset is an error of one line that lists them", async () => {
  const { code, stdout } = await rnn(["train", "--presets"], { cwd });
  expect(code).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t")[0]),
  ).toEqual(names);
  const unknown = await rnn(["train", "opinions.csv", "--preset", "gpt"], { cwd });
  expect(unknown).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("Unknown preset gpt; presets are: char-rnn"),
  });
});

// Course row 1.4: docs/guide/README.md#course-rows
test("options: --keep-prob X is --dropout 1 - X", async () => {
  const { options } = await loadPreset("zaremba-medium");
  expect(options["dropout"]).toEqual({ value: "0.5", because: "the paper keeps 0.5" });
});
