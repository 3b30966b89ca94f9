/** @file The choice of a backend, and the description of all backends. */
import { engine, getBackend, tensor } from "../../support/tfjs.js";
import { expect, test, vi } from "vitest";
import { describeBackends, selectBackend, setThreads } from "../../../src/engine/backends/index.js";
import type { BackendName } from "../../../src/common/names.js";
import { activeKernelBackend } from "../../../src/engine/kernelBackend/kernelBackend.js";
import { UserError } from "../../../src/common/errors.js";
import { backendsHere, withoutNative } from "../support.js";

test("selectBackend: auto takes the fastest available backend", async () => {
  const { name } = await selectBackend("auto");
  expect(name).toBe(backendsHere[0]);
  expect(getBackend()).toBe(name);
  expect(describeBackends().chosen).toBe(name);
});

test("selectBackend: the first tensor prints no warning", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await selectBackend("cpu");
  tensor([1]).dispose();
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test("selectBackend: an unknown backend is an error that lists the backends", async () => {
  const choose = selectBackend("cuda" as BackendName);
  await expect(choose).rejects.toThrow(UserError);
  await expect(choose).rejects.toThrow("no such backend cuda; backends are: auto, native, tensorflow, wasm, cpu");
});

test("setThreads: the number of threads must be a whole number from 1 to 256", () => {
  for (const threads of [0, -1, 1.5, NaN, 257])
    expect(() => setThreads(threads)).toThrow(`from 1 to 256, got ${threads}`);
});

test.skipIf(withoutNative)("describeBackends: the native backend reports its instruction set and threads", async () => {
  const { threads, instructionSet } = await selectBackend("native");
  const report = describeBackends();
  expect(report.threads).toBe(threads);
  expect(report.instructionSets).toContain(instructionSet);
  setThreads(1);
  expect(describeBackends().threads).toBe(1);
  expect(describeBackends().faster.join().includes("set more --threads")).toBe(report.processors > 1);
  setThreads(threads);
  expect(activeKernelBackend()).toBe(engine().backend);
});

test("selectBackend: the cpu backend runs no fused kernels and has one thread", async () => {
  expect(await selectBackend("cpu")).toEqual({ name: "cpu", threads: 1, instructionSet: null });
  expect(activeKernelBackend()).toBeNull();
});

test("describeBackends: every backend is listed, with the reason where one is missing", () => {
  for (const { name, missing } of describeBackends().backends)
    expect(missing === null).toBe(backendsHere.includes(name));
});
