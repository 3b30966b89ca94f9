/** @file Benchmark results as JSON and as a table. */
import { expect, test } from "vitest";
import { jsonLine, report } from "../../bench/table.mjs";
import { measured } from "./results.js";

const run = { machine: "a machine", rounds: 5, threads: 2 };

test("bench: --json prints one line per row", () => {
  const result = measured({ ours: 97_000.4, pytorch: 65_000, keras: 41_000 });
  expect(jsonLine("char256", result)).toBe(
    '{"row":"char256","unit":"tokens/s","ours":97000,"peers":{"pytorch":65000,"keras":41000},"goal":"1.5 x pytorch, 75 % of peak","met":false}',
  );
  expect(jsonLine("help", measured({ ours: 0.07654 }))).toBe(
    '{"row":"help","unit":"s","ours":0.0765,"peers":{},"goal":"at most 0.08 s","met":true}',
  );
  expect(JSON.parse(jsonLine("bigru32", measured({ pytorch: 10 })))).toMatchObject({ ours: null, met: null });
});

test("bench: the table has relative speeds, versions, and the programs that were not run", () => {
  const absent = { keras: "not installed" };
  const results = new Map([
    ["char128", measured({ ours: 3000, pytorch: 1500 }, { absent, versions: { pytorch: "PyTorch 9" } })],
    ["bigru32", measured({ pytorch: 12.5 }, { absent, roofline: null })],
  ]);
  const text = report(results, run);
  expect(text).toMatch(
    /\| char128 +\| tokens\/s +\| 3,000 \(3,000–3,000\) +\| 1,500 \(1,500–1,500\) 2\.00 × \|.*1\.5 x pytorch: met/,
  );
  expect(text).toMatch(/\| bigru32 .*\| not run +\| 12\.5 .*: unknown/);
  expect(text).toContain("- pytorch: PyTorch 9");
  expect(text).toContain("- not run: keras in char128, bigru32 (not installed)");
  expect(text).not.toContain("other programs used");
});

test("bench: the table warns if other programs used the processors", () => {
  const text = report(new Map([["char128", measured({ ours: 1 }, { busy: 0.2 })]]), run);
  expect(text).toContain("other programs used 20 % of the processors");
});

test("bench: the table names the rows of a version that only some rows have", () => {
  const version = (pytorch: string) => measured({ ours: 1 }, { versions: { pytorch } });
  const results = new Map([
    ["char128", version("eager")],
    ["char256", version("compiled")],
    ["word640", version("eager")],
  ]);
  expect(report(results, run)).toContain("- pytorch: eager\n- pytorch: compiled (char256)");
});
