/** @file The addon around its kernels: loading, threads and instruction sets. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { loadAddon } from "../../src/engine/backends/native/addon.js";
import { addon, addonPath } from "./support.js";

test("addon: repeated loading gives the same addon, with an instruction set and threads", () => {
  const loaded = loadAddon();
  expect(loaded).toBe(loadAddon());
  if ("missing" in loaded) throw new Error(loaded.missing);
  expect(loaded.threads()).toBeGreaterThanOrEqual(1);
  expect(loaded.isas()).toContain(loaded.isa());
});

test("addon: an invalid number of threads or instruction set is an error", () => {
  for (const wrong of [0, 257, 1.5, NaN]) expect(() => addon.setThreads(wrong)).toThrow(RangeError);
  expect(() => addon.useIsa("pentium" as never)).toThrow(
    'useIsa: "pentium" is not among the instruction sets that run here',
  );
});

test("addon: RNN_ISA selects the instruction set, and an unknown one is an error that lists the available ones", () => {
  const isaWith = (isa: string) =>
    spawnSync(process.execPath, ["-p", "require(process.argv[1]).isa()", addonPath], {
      encoding: "utf8",
      env: { ...process.env, RNN_ISA: isa },
    });
  const lowest = addon.isas()[0]!;
  expect(isaWith(lowest).stdout.trim()).toBe(lowest);
  const failed = isaWith("mmx");
  expect(failed.status).not.toBe(0);
  expect(failed.stderr).toContain(`RNN_ISA: "mmx" is not among the instruction sets that run here: ${lowest}`);
});
