import { join } from "node:path";
import { expect, test } from "vitest";
import { train } from "../../src/training/run.js";
import type { BeginEvent, RunOptions } from "../../src/training/run.js";
import { folderWith } from "../support/folder.js";
import { eventsOf } from "../support/models.js";
import { tale } from "../support/texts.js";

const folder = folderWith({ "tale.txt": tale(60) });

/** The first event of a run that ends after its first step. */
async function begun(name: string, given: RunOptions["given"]): Promise<BeginEvent> {
  const stop = new AbortController();
  const options = { backend: "auto", stop: stop.signal, out: join(folder, name), given } as const;
  const events = await eventsOf(train(join(folder, "tale.txt"), options), ({ type }) => {
    if (type === "step") stop.abort();
  });
  return events.find((event) => event.type === "begin")!;
}

test("train: what is not given is chosen by the text, said, and recorded", async () => {
  const { recipe, chosen, spec } = await begun("chosen", { epochs: 2, tokenizer: "characters" });
  expect(chosen!.options).toContain("units");
  expect(recipe).toMatchObject({ units: [128, 128], layerNorm: true, batchSize: 16, sequenceLength: 64 });
  expect(spec!.layers.filter(({ type }) => type === "normalisation")).toHaveLength(2);
});

test("train: what is given is kept, and is not among what was chosen", async () => {
  const given = { epochs: 2, units: [8], learningRate: 0.5, layerNorm: false, init: "keras" } as const;
  const { recipe, chosen } = await begun("given", { ...given, units: [...given.units] });
  expect(recipe).toMatchObject(given);
  for (const name of ["units", "learningRate", "layerNorm", "init"]) expect(chosen!.options).not.toContain(name);
});

test("train: the warm-up takes a tenth of a short run at most", async () => {
  const { recipe, plan } = await begun("short", { epochs: 3, units: [8], batchSize: 4, sequenceLength: 16 });
  expect(recipe.warmUp).toBeLessThanOrEqual(plan.steps / 10);
});

test("train: networks of windows and of blocks keep the declared defaults", async () => {
  for (const given of [{ examples: "windows" as const }, { block: true }]) {
    const { recipe, chosen } = await begun(Object.keys(given)[0]!, { ...given, epochs: 1, units: [8] });
    expect([recipe.layerNorm, chosen]).toEqual([false, undefined]);
  }
});
