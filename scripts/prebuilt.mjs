/**
 * @file `npm run prebuilt [-- system …]`: cross-compiles the addon for each supported system with zig, into prebuilt/. Addons that are up to date
 * are not compiled again.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkAddon } from "./check-addon.mjs";
import { checksumFile, compileAddon, digestOf, firstErrorOf, root } from "./addon.mjs";

/** Folder names of the systems, with zig's target: the oldest version of each system that Node 20 runs on. */
export const systems = {
  "linux-x64": "x86_64-linux-gnu.2.17",
  "linux-arm64": "aarch64-linux-gnu.2.17",
  "linux-x64-musl": "x86_64-linux-musl",
  "linux-arm64-musl": "aarch64-linux-musl",
  "darwin-x64": "x86_64-macos.11.0",
  "darwin-arm64": "aarch64-macos.11.0",
  "win32-x64": "x86_64-windows-gnu",
};

/** Number of concurrent compilations. */
const concurrency = 2;

/** The command of zig: that in the environment variable ZIG, or else zig on the path, or the Python package; null if none works. */
export function findZig() {
  const python = process.env.RNN_PYTHON ?? "python3";
  const candidates = process.env.ZIG
    ? [process.env.ZIG.split(" ").filter(Boolean)]
    : [["zig"], [python, "-m", "ziglang"]];
  return candidates.find(([program, ...words]) => spawnSync(program, [...words, "version"]).status === 0) ?? null;
}

/** The path of a system's addon. */
export const prebuiltFile = (system) => join(root, "prebuilt", system, "native.node");
const digestFile = (system) => join(root, "build", `prebuilt-${system}.digest`);

/** Builds the addons that are missing or out of date. @returns {Promise<string[]>} one line for each that does not compile or fails its check */
async function prebuild(zig, names) {
  const schedule = limitConcurrency(concurrency);
  const results = await Promise.allSettled(names.map((name) => prebuildOne(zig, name, schedule)));
  return results.flatMap(({ reason }, index) => (reason ? [`${names[index]}: ${firstErrorOf(reason)}`] : []));
}

async function prebuildOne(zig, system, schedule) {
  const [platform, arch] = system.split("-");
  const target = ["-target", systems[system]];
  const linkFlags = [...target, "-O3", "-s"];
  const output = prebuiltFile(system);
  const digest = await digestOf([target, linkFlags]);
  const isComplete = existsSync(output) && existsSync(checksumFile(output));
  if (isComplete && (await readFile(digestFile(system), "utf8").catch(() => "")) === digest) return;
  const compiler = [...zig, "cc"];
  await compileAddon({ compiler, platform, arch, flags: target, linkFlags, output }, schedule);
  checkAddon(await readFile(output), system);
  await writeFile(digestFile(system), digest);
  console.log(`${system.padEnd(16)} ${((await stat(output)).size / 1000).toFixed(0).padStart(5)} kB`);
}

/** A scheduler that runs tasks in their order, at most `max` at a time. */
function limitConcurrency(max) {
  const waiting = [];
  let running = 0;
  return async (task) => {
    if (running === max) await new Promise((go) => waiting.push(go));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

if (process.argv[1] === import.meta.filename) {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in systems));
  const zig = findZig();
  const problem = unknown
    ? `No such system "${unknown}"; systems are: ${Object.keys(systems).join(", ")}`
    : !zig && "could not find zig, which compiles the addons; run pip install ziglang, or set ZIG to its command";
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  const failures = await prebuild(zig, wanted.length > 0 ? wanted : Object.keys(systems));
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
