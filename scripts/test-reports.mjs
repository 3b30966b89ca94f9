/** @file The reports of test runs: one JSON file of vitest per run. `node scripts/test-reports.mjs [exit code]` prints the failed tests and the counts over all of them. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./addon.mjs";

export const reports = join(root, "build/reports");

/** The number of failed tests. A test file that could not be loaded counts as one. */
const failuresOf = ({ numFailedTests, numFailedTestSuites, success }) =>
  numFailedTests > 0 || success ? numFailedTests : Math.max(1, numFailedTestSuites);

function reportsIn(folder) {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

/** @returns {{ passed: number, failed: number }} sums over the reports in a folder */
export function countsIn(folder) {
  const all = reportsIn(folder);
  const sum = (count) => all.reduce((total, report) => total + count(report), 0);
  return { passed: sum(({ numPassedTests }) => numPassedTests), failed: sum(failuresOf) };
}

/** @returns {string[]} a line for each failed test of the reports in a folder: its file, its title and the first line of its message */
export function failuresIn(folder) {
  const line =
    ({ name, message }) =>
    ({ title, failureMessages }) =>
      `failed: ${relative(root, name)}: ${title ?? "the file"}: ${(failureMessages?.[0] ?? message).split("\n")[0]}`;
  return reportsIn(folder)
    .flatMap(({ testResults }) => testResults)
    .flatMap((file) => {
      const failed = file.assertionResults.filter(({ status }) => status === "failed");
      return (failed.length === 0 && file.status === "failed" ? [{}] : failed).map(line(file));
    });
}

if (process.argv[1] === import.meta.filename) {
  const { passed, failed } = countsIn(reports);
  for (const line of failuresIn(reports)) console.log(line);
  const crashed = Number((process.argv[2] ?? "0") !== "0"); // a run that crashed has no report
  console.log(`${passed} passed, ${Math.max(failed, crashed)} failed`);
}
