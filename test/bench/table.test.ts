/** @file Results for machines and for people. */
import { expect, test } from "vitest";
import { jsonLine, report } from "../../bench/table.mjs";
import { measured } from "./results.js";

const run = { machine: "a machine", rounds: 5, threads: 2 };

test("a line a row for machines", () => {
  const result = measured({ ours: 97_000.4, pytorch: 65_000, keras: 41_000 });
  expect(jsonLine("char256", result)).toBe(
    '{"row":"char256","unit":"tokens/s","ours":97000,"peers":{"pytorch":65000,"keras":41000},"goal":"1.5 x pytorch, 75 % of peak","met":false}',
  );
  expect(jsonLine("help", measured({ ours: 0.07654 }))).toBe(
    '{"row":"help","unit":"s","ours":0.0765,"peers":{},"goal":"at most 0.08 s","met":true}',
  );
  expect(JSON.parse(jsonLine("bigru32", measured({ pytorch: 10 })))).toMatchObject({ ours: null, met: null });
});

test("a table for people, with how many times as fast ours is, and who was absent where", () => {
  const absent = { keras: "not installed" };
  const results = new Map([
    ["char128", measured({ ours: 3000, pytorch: 1500 }, { absent, versions: { pytorch: "PyTorch 9" } })],
    ["bigru32", measured({ pytorch: 12.5 }, { absent, roofline: null })],
  ]);
  const text = report(results, run);
  expect(text).toMatch(
    /\| char128 +\| tokens\/s +\| 3,000 \(3,000–3,000\) +\| 1,500 \(1,500–1,500\) 2\.00 × \|.*1\.5 x pytorch: met/,
  );
  expect(text).toMatch(/\| bigru32 .*\| cannot do it yet +\| 12\.5 .*: unknown/);
  expect(text).toContain("- pytorch: PyTorch 9");
  expect(text).toContain("- absent: keras in char128, bigru32 (not installed)");
  expect(text).not.toContain("in use by others");
});

test("a busy machine is said to be one", () => {
  const text = report(new Map([["char128", measured({ ours: 1 }, { busy: 0.2 })]]), run);
  expect(text).toContain("in use by others: 20 % of the processors");
});
