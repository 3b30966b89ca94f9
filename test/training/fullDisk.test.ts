/** @file A disk that is full during a run. */
import { writeSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { showWarningsWith } from "../../src/common/warnings.js";
import type { RunEvent } from "../../src/training/run.js";
import { recorded } from "../../src/training/tensorboard.js";
import { folderWith } from "../support/folder.js";

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return { ...fs, writeSync: vi.fn<typeof fs.writeSync>(fs.writeSync) };
});

const cwd = folderWith({});

test("tensorboard: a disk that is full during the run is one warning, and every event arrives", async () => {
  const warnings: string[] = [];
  showWarningsWith((line) => warnings.push(line));
  const events: RunEvent[] = [1, 2, 3].flatMap((step): RunEvent[] => [
    { type: "step", step, epoch: 0, loss: 1, targets: 1 },
    { type: "result", folder: "", result: null },
  ]);
  const stream = async function* (): AsyncGenerator<RunEvent> {
    for (const [index, event] of events.entries()) {
      if (index === 2) {
        vi.mocked(writeSync).mockImplementation(() => {
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
            code: "ENOSPC",
            syscall: "write",
          });
        });
      }
      yield event;
    }
  };
  const arrived: RunEvent[] = [];
  for await (const event of recorded(stream(), cwd)) arrived.push(event);
  expect(arrived).toEqual(events);
  expect(warnings).toEqual([
    `could not write to --tensorboard ${cwd}: ENOSPC: no space left on device, write; its curves end at step 2`,
  ]);
});
