/** @file `npm run node-versions [-- version …]`: the tests of the command line, the engine and the kernels on other supported versions of Node. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { root } from "./addon.mjs";
import { fetchNode } from "./fetch-node.mjs";
import { reports } from "./test-reports.mjs";

const supported = ["20", "22", "24", "26"];
/** The tests whose result may depend on Node: of the command line processes, terminals, pipes and faults, and of the engine its backends; of the kernels loading, arguments, threads, and one kernel, as an addon and as WebAssembly. */
const kernels = ["addon", "signatures", "threads", "matmul"].map((name) => `test/kernels/${name}.test.ts`);
const commandLine = ["about", "cli", "faults", "interrupt", "startup", "commands/pipes", "commands/trainCommand"].map(
  (name) => `test/cli/${name}.test.ts`,
);
const terminals = ["terminal", "noColor", "writing/"].map((name) => `test/cli/terminal/${name}`);
const tests = [...commandLine, ...terminals, "test/cli/workers/", "test/engine/backends/", ...kernels];

/** Runs a program to its end without showing its output. @returns {{ status: number | null, stdout: string, stderr: string }} */
const runQuietly = (command, given, options = {}) =>
  spawnSync(command, given, { encoding: "utf8", cwd: root, ...options });

/** Runs the tests on a version. @returns {{ succeeded: boolean, line: string }} the result in a line */
function testOn(version) {
  const node = fetchNode(version);
  mkdirSync(reports, { recursive: true });
  const report = join(reports, `node-${version}.json`);
  rmSync(report, { force: true });
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const options = ["run", ...tests, "--reporter=json", `--outputFile=${report}`];
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const { status, stderr } = runQuietly(node, [vitest, ...options], { env });
  const name = runQuietly(node, ["--version"]).stdout.trim();
  if (!existsSync(report))
    return { succeeded: false, line: `${name}  the tests do not run: ${stderr.trim().split("\n", 1)[0]}` };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((result) => result.status === "failed")
    .map(({ fullName }) => `\n  ${fullName}`);
  return {
    succeeded: status === 0,
    line: `${name}  ${numPassedTests} passed, ${numFailedTests} failed${failed.join("")}`,
  };
}

const given = process.argv.slice(2);
const current = process.versions.node.split(".", 1)[0];
for (const version of given.length > 0 ? given : supported.filter((other) => other !== current)) {
  try {
    const { succeeded, line } = testOn(version);
    console.log(line);
    if (!succeeded) process.exitCode = 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
