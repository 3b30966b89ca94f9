/** @file The reports of test runs: one JSON file of vitest per run. `node scripts/test-reports.mjs [exit code]` prints the counts over all of them. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./addon.mjs";

export const reports = join(root, "build/reports");

/** The number of failed tests. A test file that could not be loaded counts as one. */
const failuresOf = ({ numFailedTests, numFailedTestSuites, success }) =>
  numFailedTests > 0 || success ? numFailedTests : Math.max(1, numFailedTestSuites);

/** @returns {{ passed: number, failed: number }} sums over the reports in a folder */
export function countsIn(folder) {
  mkdirSync(folder, { recursive: true });
  const all = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  const sum = (count) => all.reduce((total, report) => total + count(report), 0);
  return { passed: sum(({ numPassedTests }) => numPassedTests), failed: sum(failuresOf) };
}

if (process.argv[1] === import.meta.filename) {
  const { passed, failed } = countsIn(reports);
  const crashed = Number((process.argv[2] ?? "0") !== "0"); // a run that crashed has no report
  console.log(`${passed} passed, ${Math.max(failed, crashed)} failed`);
}
