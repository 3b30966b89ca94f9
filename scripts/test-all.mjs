/**
 * @file `npm run test:all [-- files or options of vitest]`: every test, with all random cases, Python's frameworks, a browser, and each command line as a
 * process; without files also the kernels under sanitizers and the tests on the other supported versions of Node. Programs that are not installed are
 * skipped, with a message. With --rest, after `npm test`, without the files that it runs in the same way. Reports are in build/reports.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./addon.mjs";
import { countsIn, reports } from "./test-reports.mjs";

const rest = process.argv.includes("--rest");
if (rest) process.env.RNN_TEST_REST = "1";
const options = process.argv.slice(2).filter((option) => option !== "--rest");
mkdirSync(reports, { recursive: true });

/** @returns {boolean} whether the program succeeded */
const run = (program, ...given) =>
  spawnSync(process.execPath, [join(root, program), ...given], { stdio: "inherit", cwd: root }).status === 0;
const reportTo = (name) => ["--reporter=default", "--reporter=json", `--outputFile=${join(reports, `${name}.json`)}`];

const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config=vitest.all.config.ts"];
let succeeded;
if (options.length > 0) {
  succeeded = run(...vitest, ...options);
} else {
  const runs = [
    run(...vitest, ...reportTo("all")),
    run("scripts/sanitize.mjs", ...reportTo("sanitized")),
    run("scripts/node-versions.mjs"),
  ];
  succeeded = runs.every(Boolean);
  const { passed, failed } = countsIn(reports);
  console.log(`in ${reports}: ${passed} passed, ${failed} failed`);
}
process.exitCode = succeeded ? 0 : 1;
