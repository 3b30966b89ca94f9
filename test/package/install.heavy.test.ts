/** @file The package as `npm pack` makes it, installed into an empty folder where there is no compiler and no script may run. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { findZig, systems } from "../../scripts/prebuilt.mjs";
import type { BackendReport } from "../../src/engine/backends/index.js";
import { systemName } from "../../src/engine/backends/native/systemName.js";
import { packageFolder } from "../../src/common/packageFolder.js";
import { folderWith } from "../support/folder.js";

const system = systemName();
const untested =
  process.platform === "win32" || !(system in systems)
    ? "no package is installed here: that is tested on Linux and macOS"
    : findZig() === null && "no package is installed here: its addon takes zig (pip install ziglang)";

const folder = folderWith({ "programs/.keep": "", "empty/.keep": "" });
const place = join(folder, "empty");
const programs = join(folder, "programs");
const prebuilt = join(place, "node_modules/rnn-text/prebuilt");

/** Runs a program to its end. @throws where it fails, with what it wrote */
function run(program: string, given: string[], { cwd = place, env = process.env, input = "" } = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, given, { cwd, env, input, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${given.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}

/** With programs that are node and npm, and nothing of the environment that would change what is shown. */
const bare = { ...process.env, PATH: programs, RNN_BACKEND: "", RNN_ISA: "", CC: "" };
const rnn = (given: string[], input = ""): string =>
  run(join(place, "node_modules/.bin/rnn"), given, { env: bare, input });
const diagnosis = (): BackendReport => JSON.parse(rnn(["doctor", "--json"])) as BackendReport;

beforeAll(() => {
  if (untested) return;
  run(process.execPath, ["scripts/prebuilt.mjs", system], { cwd: packageFolder });
  const [packed] = JSON.parse(
    run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: packageFolder }),
  ) as [{ filename: string }];
  const npm = process.env["PATH"]!.split(delimiter).map((path) => join(path, "npm"));
  symlinkSync(realpathSync(npm.find(existsSync)!), join(programs, "npm"));
  symlinkSync(process.execPath, join(programs, "node"));
  const options = ["--ignore-scripts", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  run(join(programs, "npm"), ["install", ...options, join(folder, packed.filename)], { env: bare });
});

test.skipIf(untested)("no package in it has a script to run at an install", () => {
  const installed = readFileSync(join(place, "node_modules/.package-lock.json"), "utf8");
  expect(installed).toContain('"node_modules/rnn-text"');
  expect(installed).not.toContain("hasInstallScript");
});

test.skipIf(untested)("the native backend computes, from the addon that came with the package", () => {
  const { chosen, backends, instructionSet } = diagnosis();
  expect(chosen).toBe("native");
  expect(backends[0]?.file).toBe(`prebuilt/${system}/native.node`);
  expect(instructionSet).not.toBeNull();
  expect(existsSync(join(place, "node_modules/rnn-text/build/native.node"))).toBe(false);
});

const writing = ["generate", "-c", "storyteller", "--prompt", "Once", "--max-tokens", "60", "--seed", "1"];
const labeling = ["classify", "-c", "critic"];

test.skipIf(untested)("it writes and labels with the models that come with it", () => {
  expect(rnn(writing)).toMatch(/^Once [^]{30}/);
  expect(rnn(labeling, "not bad at all\n")).toMatch(/^positive\t0\.\d+\n$/);
});

test.skipIf(untested)("without the addon the kernels in WebAssembly do the same, and it says what is missing", () => {
  const withAddon = rnn(writing);
  rmSync(prebuilt, { recursive: true });
  const { chosen, backends } = diagnosis();
  expect(chosen).toBe("wasm");
  expect(backends[0]?.missing).toContain(`there is no native addon for ${system}`);
  expect(rnn(writing)).toBe(withAddon);
  expect(rnn(labeling, "not bad at all\n")).toMatch(/^positive\t/);
});

test("where a test of the package is left out, it says why", ({ skip }) => {
  if (untested) skip(untested);
});
