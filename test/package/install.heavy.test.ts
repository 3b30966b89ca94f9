/** @file The package from `npm pack` with its scripts, installed in an empty folder without a compiler and without install scripts. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

/** Runs a program. @throws if it fails, with its stderr */
function run(program: string, given: string[], { cwd = place, env = process.env, input = "" } = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, given, { cwd, env, input, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${given.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}

/** An environment with only node and npm in PATH, and without variables that change the output. */
const bare = { ...process.env, PATH: programs, RNN_BACKEND: "", RNN_ISA: "", CC: "" };
const rnn = (given: string[], input = ""): string =>
  run(join(place, "node_modules/.bin/rnn"), given, { env: bare, input });
const diagnosis = (): BackendReport => JSON.parse(rnn(["doctor", "--json"])) as BackendReport;

beforeAll(() => {
  if (untested) return;
  run(process.execPath, ["scripts/prebuilt.mjs", system], { cwd: packageFolder });
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--foreground-scripts=false", "--pack-destination", folder], { cwd: packageFolder }),
  ) as [{ filename: string }];
  const npm = process.env["PATH"]!.split(delimiter).map((path) => join(path, "npm"));
  symlinkSync(realpathSync(npm.find(existsSync)!), join(programs, "npm"));
  symlinkSync(process.execPath, join(programs, "node"));
  const options = ["--ignore-scripts", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  run(join(programs, "npm"), ["install", ...options, join(folder, packed.filename)], { env: bare });
});

test.skipIf(untested)("package: no dependency runs a script at installation", () => {
  const installed = readFileSync(join(place, "node_modules/.package-lock.json"), "utf8");
  expect(installed).toContain('"node_modules/rnn-text"');
  expect(installed).not.toContain("hasInstallScript");
});

const program = `import { classify, loadModel, train } from "rnn-text";

export async function firstLabel(text: string): Promise<string | undefined> {
  using model = await loadModel("critic", { task: "classifier" });
  const [answer] = await classify(model, [text]);
  return answer?.[0]?.label;
}

export const trained = (corpus: string): Promise<string> => train(corpus, { epochs: 1 }).then(({ folder }) => folder);
`;

test.skipIf(untested)("package: a TypeScript project compiles against its types", () => {
  const lib = ["es2022", "esnext.disposable"];
  const compilerOptions = { strict: true, skipLibCheck: true, noEmit: true, module: "nodenext", lib, types: [] };
  writeFileSync(join(place, "program.ts"), program);
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["program.ts"] }));
  const compiler = join(packageFolder, "node_modules/typescript/bin/tsc");
  expect(run(process.execPath, [compiler, "-p", "tsconfig.json"])).toBe("");
});

test.skipIf(untested)("package: the native backend computes with the bundled addon", () => {
  const { chosen, backends, instructionSet } = diagnosis();
  expect(chosen).toBe("native");
  expect(backends[0]?.file).toBe(`prebuilt/${system}/native.node`);
  expect(instructionSet).not.toBeNull();
  expect(existsSync(join(place, "node_modules/rnn-text/build/native.node"))).toBe(false);
});

const generateCommand = ["generate", "-c", "storyteller", "--prompt", "Once", "--max-tokens", "60", "--seed", "1"];
const classifyCommand = ["classify", "-c", "critic"];

test.skipIf(untested)("package: the bundled models generate and classify", () => {
  expect(rnn(generateCommand)).toMatch(/^Once [^]{30}/);
  expect(rnn(classifyCommand, "not bad at all\n")).toMatch(/^positive\t0\.\d+\n$/);
});

test.skipIf(untested)(
  "package: without the addon WebAssembly computes the same, and the message names the missing file",
  () => {
    const withAddon = rnn(generateCommand);
    rmSync(prebuilt, { recursive: true });
    const { chosen, backends } = diagnosis();
    expect(chosen).toBe("wasm");
    expect(backends[0]?.missing).toContain(`no native addon for ${system}`);
    expect(rnn(generateCommand)).toBe(withAddon);
    expect(rnn(classifyCommand, "not bad at all\n")).toMatch(/^positive\t/);
  },
);

test("package: the reason is printed if these tests are skipped", ({ skip }) => {
  if (untested) skip(untested);
});
