/** @file One process at a time saves into a checkpoint's folder. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadCheckpoint, lockFolder, saveCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { compiled, type Compiled } from "../cli/terminal/compiled.js";
import { sampleArrays, sampleDocument, temporaryFolder } from "./samples.js";

const script = `
import { lockFolder } from "./checkpoint/folderLock.js";
try {
  await lockFolder(process.argv[2]);
  process.stdout.write("locked");
  setInterval(() => undefined, 1000);
} catch (error) {
  process.stdout.write(error.message);
}`;

/** Kills itself at one call of the file system. */
const killedScript = `
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
let calls = 0;
for (const name of ["link", "lstat", "readFile", "rename", "rm", "writeFile"]) {
  const original = promises[name];
  promises[name] = (...given) => {
    if (++calls === Number(process.argv[3])) process.kill(process.pid, "SIGKILL");
    return original(...given);
  };
}
syncBuiltinESMExports();
const { lockFolder } = await import("./checkpoint/folderLock.js");
await lockFolder(process.argv[2]);`;

let child: Compiled;
beforeAll(async () => {
  child = await compiled(["checkpoint/checkpoint.ts"], { "hold.js": script, "killed.js": killedScript });
});
afterAll(() => child.remove());

async function holding(folder: string) {
  const holder = spawn(process.execPath, [join(child.folder, "hold.js"), folder]);
  const [said] = (await once(holder.stdout, "data")) as [Buffer];
  return { process: holder, said: String(said) };
}

test("folder lock: a second process gets one line with the pid, and saves nothing", async () => {
  const folder = temporaryFolder();
  await saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(1) });
  const holder = await holding(folder);
  try {
    await expect(saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(2) })).rejects.toThrow(
      new RegExp(`^.*is in use: process ${holder.process.pid} trains it and saves into it; wait until it ends.*$`),
    );
    expect((await loadCheckpoint(folder, { training: false })).weights).toEqual(sampleArrays(1));
  } finally {
    holder.process.kill("SIGKILL");
    await once(holder.process, "close");
  }
  await saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(3) }); // the lock of a killed process is replaced
  expect(readdirSync(folder).toSorted()).toEqual(["checkpoint.json", "weights-2.safetensors"]);
});

test("folder lock: of processes that find the lock of a killed one at the same time, one gets it", async () => {
  for (let round = 0; round < 3; round++) {
    const folder = temporaryFolder();
    const killed = await holding(folder);
    killed.process.kill("SIGKILL");
    await once(killed.process, "close");
    const started = await Promise.all([1, 2, 3].map(() => holding(folder)));
    expect(started.filter(({ said }) => said === "locked")).toHaveLength(1);
    for (const one of started) one.process.kill("SIGKILL");
  }
});

const lockOf = (values: object): string =>
  JSON.stringify({ pid: process.pid, host: hostname(), began: "", token: "x", ...values });

test("folder lock: a pid that a later process has got is no holder", async () => {
  if (process.platform !== "linux") return;
  const folder = temporaryFolder();
  writeFileSync(join(folder, ".lock"), lockOf({ began: "1" }));
  await (await lockFolder(folder)).release();
  expect(readdirSync(folder)).toEqual([]);
});

test("folder lock: a lock of another host stays, and the message names the file to remove", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, ".lock"), lockOf({ host: "elsewhere", pid: 7 }));
  await expect(lockFolder(folder)).rejects.toThrow(/in use by process 7 of the host elsewhere; .*remove .*\.lock/);
});

test("folder lock: a file that is no lock, and a link, are replaced and not followed", async () => {
  const [folder, target] = [temporaryFolder(), join(temporaryFolder(), "mine")];
  writeFileSync(target, "mine");
  symlinkSync(target, join(folder, ".lock"));
  const lock = await lockFolder(folder);
  expect(lstatSync(join(folder, ".lock")).isSymbolicLink()).toBe(false);
  await lock.release();
  expect(readFileSync(target, "utf8")).toBe("mine");
  expect(existsSync(join(folder, ".lock"))).toBe(false);
});

test("folder lock: a save whose lock another process has taken over is refused before anything is replaced", async () => {
  const folder = temporaryFolder();
  await saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(1) });
  const lock = await lockFolder(folder);
  writeFileSync(join(folder, ".lock"), lockOf({}));
  const save = saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(2) }, lock);
  await expect(save).rejects.toThrow("is in use");
  expect((await loadCheckpoint(folder, { training: false })).weights).toEqual(sampleArrays(1));
});

test("folder lock: of many that replace the lock of a process that ended, one gets it, and nothing else stays", async () => {
  const ended = spawn(process.execPath, ["-e", ""]);
  await once(ended, "close");
  for (let round = 0; round < 30; round++) {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".lock"), lockOf({ pid: ended.pid, token: `ended ${round}` }));
    const takers = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder)));
    const refusals = takers.filter(({ status }) => status === "rejected");
    expect(refusals).toHaveLength(5);
    for (const refusal of refusals) expect(refusal).toHaveProperty("reason.message", expect.stringContaining("in use"));
    expect(readdirSync(folder)).toEqual([".lock"]);
  }
});

test("folder lock: a process killed at any call while it replaces a lock leaves a lock that the next one gets", async () => {
  const ended = spawn(process.execPath, ["-e", ""]);
  await once(ended, "close");
  let call = 1;
  for (let killed = true; killed; call++) {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".lock"), lockOf({ pid: ended.pid }));
    const taker = spawn(process.execPath, [join(child.folder, "killed.js"), folder, String(call)]);
    const [, signal] = (await once(taker, "close")) as [number | null, string | null];
    killed = signal === "SIGKILL";
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow("in use");
    await lock.release();
    expect(readdirSync(folder).filter((name) => name === ".lock")).toEqual([]);
  }
  expect(call).toBeGreaterThan(8);
});

test("folder lock: a link to nothing is replaced", async () => {
  const folder = temporaryFolder();
  symlinkSync(join(folder, "nothing"), join(folder, ".lock"));
  await (await lockFolder(folder)).release();
  expect(readdirSync(folder)).toEqual([]);
});
