/** @file `rnn doctor`: it measures every backend, which takes seconds. */
import { expect, test } from "vitest";
import { version } from "../../../src/common/version.js";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";

const cwd = folderWith({});
const run = (...argv: string[]) => rnn(argv, { cwd });

test("doctor: --json has the selected backend and the speed of each", async () => {
  const { code, stdout } = await run("doctor", "--json", "--backend", "cpu", "--threads", "1");
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as { backends: { name: string; missing: string | null; speed: number | null }[] };
  expect(report).toMatchObject({ chosen: "cpu", threads: 1, versions: { rnn: version } });
  for (const { missing, speed } of report.backends) expect(speed === null).toBe(missing !== null);
  const speedOf = (name: string) => report.backends.find((backend) => backend.name === name)!.speed!;
  expect(speedOf("wasm")).toBeGreaterThan(3 * speedOf("cpu"));
});

test("doctor: it advises a backend that is much faster than the selected one", async () => {
  const { stdout } = await run("doctor", "--backend", "cpu");
  expect(stdout).toMatch(/^versions +rnn .+\nbackend +cpu\n/);
  expect(stdout).toMatch(/^advice +\w+ trains \d+ times as fast as cpu on this machine; use\s+--backend\s+\w+$/m);
  expect(stdout).toMatch(/^precision +fp32; bf16 needs/m);
});
