/** @file What the addon does beside its kernels: it loads once, and chooses threads and an instruction set. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { loadAddon } from "../../src/engine/backends/native/addon.js";
import { addon, addonPath } from "./support.js";

test("the addon loads once, with kernels and a number of threads", () => {
  const loaded = loadAddon();
  expect(loaded).toBe(loadAddon());
  if ("missing" in loaded) throw new Error(loaded.missing);
  expect(loaded.threads()).toBeGreaterThanOrEqual(1);
  expect(loaded.isas()).toContain(loaded.isa());
});

test("threads are a number from 1 to 256", () => {
  for (const wrong of [0, 257, 1.5, NaN]) expect(() => addon.setThreads(wrong)).toThrow(RangeError);
  expect(() => addon.useIsa("pentium" as never)).toThrow(
    'useIsa: "pentium" is not among the instruction sets that run here',
  );
});

test("RNN_ISA chooses an instruction set, or says which there are", () => {
  const ask = (isa: string) =>
    spawnSync(process.execPath, ["-p", "require(process.argv[1]).isa()", addonPath], {
      encoding: "utf8",
      env: { ...process.env, RNN_ISA: isa },
    });
  const lowest = addon.isas()[0]!;
  expect(ask(lowest).stdout.trim()).toBe(lowest);
  const refused = ask("mmx");
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain(`RNN_ISA: "mmx" is not among the instruction sets that run here: ${lowest}`);
});
