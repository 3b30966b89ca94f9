/** @file Training with products in bf16, emulated on any processor with AVX2. */
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Addon, loadAddon } from "../../src/engine/backends/native/addon.js";
import type { Recipe } from "../../src/options/recipe.js";
import { resume, type RunEvent } from "../../src/training/run.js";
import { folderWith } from "../support/folder.js";
import { documentIn, comparableContent, eventsOf, neverStopped, trainInto } from "../support/models.js";
import { tale } from "../support/texts.js";

const addon = loadAddon();
const emulates = !("missing" in addon) && addon.isas().includes("avx2");
const kernels = addon as Addon;
const usual = emulates ? kernels.isa() : null;
afterEach(() => {
  if (usual) kernels.useIsa(usual);
});

const folder = folderWith({ "tale.txt": tale(300) });
const pathOf = (name: string): string => join(folder, name);
const given: Partial<Recipe> = { units: [32], embedding: 16, epochs: 6, batchSize: 8, dropout: 0, learningRate: 0.01 };
const trained = (out: string, more: Partial<Recipe>, engine = {}): Promise<RunEvent[]> =>
  trainInto(pathOf(out), pathOf("tale.txt"), { ...given, ...more }, engine);
const bestOf = (events: RunEvent[]): number =>
  Math.min(...events.flatMap((event) => (event.type === "evaluation" ? [event.entry.validation!] : [])));

test.skipIf(!emulates)("bf16: the validation loss is within half a percent of fp32", async () => {
  kernels.useIsa("avx2-bf16");
  const fp32 = bestOf(await trained("fp32", {}));
  const bf16 = bestOf(await trained("bf16", { precision: "bf16" }));
  expect(bf16).not.toBe(fp32);
  expect(Math.abs(bf16 / fp32 - 1)).toBeLessThan(0.005);
});

test.skipIf(!emulates)("bf16: the number of threads changes no bit", async () => {
  kernels.useIsa("avx2-bf16");
  const short = { precision: "bf16", epochs: 1, batchSize: 3 } as const;
  await trained("one thread", short, { threads: 1 });
  await trained("five threads", short, { threads: 5 });
  expect(comparableContent(pathOf("five threads"))).toEqual(comparableContent(pathOf("one thread")));
});

test.skipIf(!emulates)("bf16: the checkpoint records the precision, and a resumed run keeps it", async () => {
  kernels.useIsa("avx2-bf16");
  await trained("resumed", { precision: "bf16", epochs: 1 });
  expect(documentIn(pathOf("resumed")).options).toMatchObject({ precision: "bf16" });
  kernels.useIsa("avx2");
  const continueRun = eventsOf(
    resume(pathOf("resumed"), { backend: "auto", stop: neverStopped(), given: { epochs: 2 } }),
  );
  await expect(continueRun).rejects.toThrow("the precision bf16");
});

test.skipIf(!emulates)("bf16: a processor without the instructions is an error that names the next step", async () => {
  kernels.useIsa("avx2");
  await expect(trained("unsupported", { precision: "bf16" })).rejects.toThrow(
    "the precision bf16 needs the backend native and a processor with AVX512-BF16; here is the instruction set avx2. Use --precision fp32",
  );
  await expect(trained("unsupported", { precision: "bf16" }, { backend: "cpu" })).rejects.toThrow("the backend cpu");
});
