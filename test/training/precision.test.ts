/** @file Training with products in bf16, emulated on any processor with AVX2. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Recipe } from "../../src/options/recipe.js";
import { selectBackend } from "../../src/engine/backends/index.js";
import { selectFastestPrecision } from "../../src/training/fastestPrecision.js";
import { resume, type RunEvent } from "../../src/training/run.js";
import { emulatedKernels, emulatesBf16 } from "../support/emulatedBf16.js";
import { folderWith } from "../support/folder.js";
import { documentIn, comparableContent, eventsOf, neverStopped, trainInto } from "../support/models.js";
import { tale } from "../support/texts.js";

const kernels = emulatedKernels();

const folder = folderWith({ "tale.txt": tale(300) });
const pathOf = (name: string): string => join(folder, name);
const given: Partial<Recipe> = { units: [32], embedding: 16, epochs: 6, batchSize: 8, dropout: 0, learningRate: 0.01 };
const trained = (out: string, more: Partial<Recipe>, engine = {}): Promise<RunEvent[]> =>
  trainInto(pathOf(out), pathOf("tale.txt"), { ...given, ...more }, engine);
const bestOf = (events: RunEvent[]): number =>
  Math.min(...events.flatMap((event) => (event.type === "evaluation" ? [event.entry.validation!] : [])));

test.skipIf(!emulatesBf16)("bf16: the validation loss is within half a percent of fp32", async () => {
  const fp32 = bestOf(await trained("fp32", {}));
  for (const isa of ["avx2-bf16", "emulated-amx-bf16"] as const) {
    kernels.useIsa(isa);
    const bf16 = bestOf(await trained(`bf16 of ${isa}`, { precision: "bf16" }));
    expect(bf16).not.toBe(fp32);
    expect(Math.abs(bf16 / fp32 - 1)).toBeLessThan(0.005);
  }
});

test.skipIf(!emulatesBf16)("bf16: the number of threads changes no bit", async () => {
  kernels.useIsa("avx2-bf16");
  const short = { precision: "bf16", epochs: 1, batchSize: 3 } as const;
  await trained("one thread", short, { threads: 1 });
  await trained("five threads", short, { threads: 5 });
  expect(comparableContent(pathOf("five threads"))).toEqual(comparableContent(pathOf("one thread")));
});

test.skipIf(!emulatesBf16)("bf16: the checkpoint records the precision, and a resumed run keeps it", async () => {
  kernels.useIsa("avx2-bf16");
  await trained("resumed", { precision: "bf16", epochs: 1 });
  expect(documentIn(pathOf("resumed")).options).toMatchObject({ precision: "bf16" });
  kernels.useIsa("avx2");
  const continueRun = eventsOf(
    resume(pathOf("resumed"), { backend: "auto", stop: neverStopped(), given: { epochs: 2 } }),
  );
  await expect(continueRun).rejects.toThrow("the precision bf16");
});

test.skipIf(!emulatesBf16)(
  "bf16: a processor without the instructions is an error that names the next step",
  async () => {
    kernels.useIsa("avx2");
    await expect(trained("unsupported", { precision: "bf16" })).rejects.toThrow(
      "the precision bf16 needs the backend native and a processor with AMX or AVX512-BF16; here is the instruction set avx2. Use --precision fp32",
    );
    await expect(trained("unsupported", { precision: "bf16" }, { backend: "cpu" })).rejects.toThrow("the backend cpu");
  },
);

/** Steps that take this long in each precision. */
const stepsOf = (seconds: { fp32: number; bf16: number }) => {
  const measured: string[] = [];
  const measure = (): number => {
    const precision = measured.length % 2 === 0 ? "fp32" : "bf16";
    measured.push(precision);
    return seconds[precision];
  };
  return { measured, measure };
};

test.skipIf(!emulatesBf16)("auto: the faster precision is chosen, and fp32 where they are alike", async () => {
  kernels.useIsa("avx2-bf16");
  const backend = await selectBackend("native");
  const chosen = async (fp32: number, bf16: number): Promise<string> =>
    (await selectFastestPrecision(stepsOf({ fp32, bf16 }), backend)).precision;
  expect(await chosen(0.02, 0.01)).toBe("bf16");
  expect(await chosen(0.01, 0.02)).toBe("fp32");
  expect(await chosen(0.0105, 0.01)).toBe("fp32");
});

test.skipIf(!emulatesBf16)("auto: slow steps are measured once in each precision", async () => {
  kernels.useIsa("avx2-bf16");
  const slow = stepsOf({ fp32: 30, bf16: 20 });
  const result = await selectFastestPrecision(slow, await selectBackend("native"));
  expect(slow.measured).toEqual(["fp32", "bf16"]);
  expect(result).toMatchObject({ precision: "bf16", steps: { fp32: 30, bf16: 20 } });
});

test.skipIf(!emulatesBf16)("auto: the checkpoint records the chosen precision and the weights of it", async () => {
  kernels.useIsa("avx2-bf16");
  const [begin] = await trained("auto", { epochs: 1, precision: "auto" });
  expect(begin).toMatchObject({ precisionSteps: { fp32: expect.any(Number), bf16: expect.any(Number) } });
  const { precision } = (begin as { recipe: Recipe }).recipe;
  expect(["fp32", "bf16"]).toContain(precision);
  await trained("chosen", { epochs: 1, precision });
  expect(comparableContent(pathOf("auto"))).toEqual(comparableContent(pathOf("chosen")));
});

test.skipIf(!emulatesBf16)("auto: a processor without bf16 computes in fp32, and nothing is measured", async () => {
  kernels.useIsa("avx2");
  const [begin] = await trained("auto on avx2", { epochs: 1, precision: "auto" });
  expect(begin).toMatchObject({ precisionSteps: {}, recipe: { precision: "fp32" } });
  expect(documentIn(pathOf("auto on avx2")).options).not.toMatchObject({ precision: "auto" });
});
