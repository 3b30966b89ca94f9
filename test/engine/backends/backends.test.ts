/** @file Choosing a backend, and what a person is told about it. */
import { engine, getBackend, tensor } from "@tensorflow/tfjs-core";
import { expect, test, vi } from "vitest";
import { describeBackends, selectBackend, setThreads } from "../../../src/engine/backends/index.js";
import type { BackendName } from "../../../src/common/names.js";
import { activeKernelBackend } from "../../../src/engine/kernelBackend/kernelBackend.js";
import { UserError } from "../../../src/common/errors.js";
import { backendsHere, withoutNative } from "../support.js";

test("auto takes the fastest backend that there is", async () => {
  const { name } = await selectBackend("auto");
  expect(name).toBe(backendsHere[0]);
  expect(getBackend()).toBe(name);
  expect(describeBackends().chosen).toBe(name);
});

test("the first tensor prints nothing", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await selectBackend("cpu");
  tensor([1]).dispose();
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test("a backend that does not exist is refused with the names of those that do", async () => {
  const choose = selectBackend("cuda" as BackendName);
  await expect(choose).rejects.toThrow(UserError);
  await expect(choose).rejects.toThrow("no such backend cuda; backends are: auto, native, tensorflow, wasm, cpu");
});

test("threads must be a whole number from 1 to 256", () => {
  for (const threads of [0, -1, 1.5, NaN, 257])
    expect(() => setThreads(threads)).toThrow(`from 1 to 256, got ${threads}`);
});

test.skipIf(withoutNative)("the native backend tells its instruction set and threads", async () => {
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

test("on the backend cpu, no kernel of ours runs, and one thread is all there is", async () => {
  expect(await selectBackend("cpu")).toEqual({ name: "cpu", threads: 1, instructionSet: null });
  expect(activeKernelBackend()).toBeNull();
});

test("a report names every backend, and the reason where one is missing", () => {
  for (const { name, missing } of describeBackends().backends)
    expect(missing === null).toBe(backendsHere.includes(name));
});
