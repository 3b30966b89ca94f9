/** @file `npm run node-versions [-- version …]`: the tests of the command, the engine and the kernels on each Node that is supported. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { root } from "./addon.mjs";
import { fetchNode } from "./fetch-node.mjs";

const supported = ["20", "22", "24", "26"];
/** What Node has a part in. Of the kernels' tests: loading, arguments, threads, and one kernel, as an addon and as WebAssembly. */
const kernels = ["addon", "signatures", "threads", "matmul"].map((name) => `test/kernels/${name}.test.ts`);
const tests = ["test/cli/", "test/engine/", ...kernels];

/** Runs a program to its end, its words going nowhere. @returns {{ status: number | null, stdout: string, stderr: string }} */
const quietly = (command, given, options = {}) =>
  spawnSync(command, given, { encoding: "utf8", cwd: root, ...options });

/** What the tests say on a version: a line, and whether all is well. */
function tryOn(version) {
  const node = fetchNode(version);
  const report = join(root, "build", `node-${version}.json`);
  rmSync(report, { force: true });
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const options = ["run", ...tests, "--testTimeout=300000", "--reporter=json", `--outputFile=${report}`];
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const { status, stderr } = quietly(node, [vitest, ...options], { env });
  const name = quietly(node, ["--version"]).stdout.trim();
  if (!existsSync(report))
    return { well: false, line: `${name}  the tests do not run: ${stderr.trim().split("\n", 1)[0]}` };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((result) => result.status === "failed")
    .map(({ fullName }) => `\n  ${fullName}`);
  return { well: status === 0, line: `${name}  ${numPassedTests} passed, ${numFailedTests} failed${failed.join("")}` };
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : supported;
for (const version of wanted) {
  try {
    const { well, line } = tryOn(version);
    console.log(line);
    if (!well) process.exitCode = 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
