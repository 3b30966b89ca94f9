/**
 * @file `npm run prebuilt [-- system …]`: the addon for each system that the package serves, by one compiler, zig, into prebuilt/.
 * What is up to date stays.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkAddon } from "./check-addon.mjs";
import { compileAddon, digestOf, firstErrorOf, root } from "./addon.mjs";

/** By the names of their folders: the oldest of each system that Node 20 runs on, as zig names it. */
export const systems = {
  "linux-x64": "x86_64-linux-gnu.2.17",
  "linux-arm64": "aarch64-linux-gnu.2.17",
  "linux-x64-musl": "x86_64-linux-musl",
  "linux-arm64-musl": "aarch64-linux-musl",
  "darwin-x64": "x86_64-macos.11.0",
  "darwin-arm64": "aarch64-macos.11.0",
  "win32-x64": "x86_64-windows-gnu",
};

/** Compilations at a time. */
const atOnce = 2;

/** The command that is zig here: the environment's ZIG, a program, or the Python package; null where there is none. */
export function findZig() {
  const python = process.env.RNN_PYTHON ?? "python3";
  const candidates = process.env.ZIG
    ? [process.env.ZIG.split(" ").filter(Boolean)]
    : [["zig"], [python, "-m", "ziglang"]];
  return candidates.find(([program, ...words]) => spawnSync(program, [...words, "version"]).status === 0) ?? null;
}

/** Where a system's addon lies. */
export const prebuiltFile = (system) => join(root, "prebuilt", system, "native.node");
const digestFile = (system) => join(root, "build", `prebuilt-${system}.digest`);

/** Builds those that are missing or of other sources. @returns {Promise<string[]>} a line for each that does not compile, or would not load */
async function prebuild(zig, names) {
  const inTurn = limited(atOnce);
  const ends = await Promise.allSettled(names.map((name) => prebuildOne(zig, name, inTurn)));
  return ends.flatMap(({ reason }, index) => (reason ? [`${names[index]}: ${firstErrorOf(reason)}`] : []));
}

async function prebuildOne(zig, system, inTurn) {
  const [platform, arch] = system.split("-");
  const target = ["-target", systems[system]];
  const linkFlags = [...target, "-O3", "-s"];
  const output = prebuiltFile(system);
  const digest = await digestOf([target, linkFlags]);
  if (existsSync(output) && (await readFile(digestFile(system), "utf8").catch(() => "")) === digest) return;
  const compiler = [...zig, "cc"];
  await compileAddon({ compiler, platform, arch, flags: target, linkFlags, output }, inTurn);
  checkAddon(await readFile(output), system);
  await writeFile(digestFile(system), digest);
  console.log(`${system.padEnd(16)} ${((await stat(output)).size / 1000).toFixed(0).padStart(5)} kB`);
}

/** Runs tasks as they come, so many at a time. */
function limited(most) {
  const waiting = [];
  let running = 0;
  return async (task) => {
    if (running === most) await new Promise((go) => waiting.push(go));
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
  const refusal = unknown
    ? `there is no system "${unknown}": choose among ${Object.keys(systems).join(", ")}`
    : !zig &&
      "the package's addons are compiled with zig, and it is not here: pip install ziglang, or set ZIG to its command";
  if (refusal) {
    console.error(refusal);
    process.exit(1);
  }
  const failures = await prebuild(zig, wanted.length > 0 ? wanted : Object.keys(systems));
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
