/** @file Runs with --for: evaluations that would take too long read a sample, which is said and recorded. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resume, type RunEvent, train } from "../../src/training/run.js";
import { readPlan } from "../../src/training/plan.js";
import { folderWith } from "../support/folder.js";
import { documentIn, eventsOf, neverStopped } from "../support/models.js";
import { tale } from "../support/texts.js";

const folder = folderWith({ "long.txt": tale(20_000) });
const network = { mix: "none" as const, units: [64], embedding: 16, validation: "0.4", test: "0.4" };

test("train --for: evaluations read a sample, the result says so, and resuming after a stop ends with the same bits", async () => {
  const out = join(folder, "sampled");
  const controller = new AbortController();
  const events = await eventsOf(
    train(join(folder, "long.txt"), { backend: "auto", stop: controller.signal, out, given: { ...network, for: 3 } }),
    (event: RunEvent) => {
      if (event.type === "step" && event.step === 2) controller.abort();
    },
  );
  const begin = events.find((event) => event.type === "begin")!;
  const { validationBatches } = readPlan(documentIn(out));
  expect(validationBatches).toBe(begin.plan.validationBatches);
  expect(begin.validationSample!.targets).toBeLessThan(begin.validationSample!.of);
  const result = events.findLast((event) => event.type === "result")!.result!;
  const { sampledFrom = result.targets } = result; // absent where the whole part fits into the time
  expect(result.targets).toBeLessThanOrEqual(sampledFrom);

  const copy = `${out}-copy`;
  cpSync(out, copy, { recursive: true });
  for (const one of [out, copy]) {
    const stopAfter = new AbortController();
    const stopped = await eventsOf(resume(one, { backend: "auto", stop: stopAfter.signal, given: {} }), (event) => {
      if (one === copy && event.type === "step") stopAfter.abort(); // at its first step
    });
    expect(stopped.at(-1)!.type).toBe("result");
  }
  await eventsOf(resume(copy, { backend: "auto", stop: neverStopped(), given: {} }));
  const filesOf = (one: string) => {
    const { history, progress, files } = documentIn(one);
    return { history, progress, weights: files.weights.sha256, training: files.training?.sha256 };
  };
  expect(filesOf(copy)).toEqual(filesOf(out));
}, 20_000);
