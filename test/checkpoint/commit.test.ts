/** @file At any moment of a save, the folder has the new checkpoint or the one before, complete. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadCheckpoint, saveCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { compiled, type Compiled } from "../cli/terminal/compiled.js";
import { sampleArrays, sampleDocument, temporaryFolder } from "./samples.js";

const script = `
import { saveCheckpoint } from "./checkpoint/checkpoint.js";
const [folder, document, first] = [process.argv[2], JSON.parse(process.argv[3]), Number(process.argv[4])];
const arrays = (value) => new Map([["a", { shape: [50000], values: new Float32Array(50000).fill(value) }]]);
for (let step = first; ; step++) {
  await saveCheckpoint(folder, { ...document, progress: { step } }, { weights: arrays(step), training: arrays(-step) });
  process.stdout.write(step + "\\n");
}`;

/** Saves with a fault in the first call of the file system, then in the second, and so on; prints how each save ended. */
const faultScript = `
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
let countdown = 0;
const guard = (object, name) => {
  const original = object[name];
  object[name] = function (...given) {
    if (--countdown !== 0) return original.apply(this, given);
    return Promise.reject(Object.assign(new Error("EIO: i/o error, " + name), { code: "EIO", syscall: name }));
  };
};
const handle = await promises.open(process.argv[1]);
for (const name of ["writeFile", "sync", "close"]) guard(Object.getPrototypeOf(handle), name);
await handle.close();
for (const name of ["open", "readdir", "rename", "rm", "lstat", "readFile", "writeFile", "link"]) guard(promises, name);
syncBuiltinESMExports();
const { loadCheckpoint, saveCheckpoint } = await import("./checkpoint/checkpoint.js");
const arrays = (value) => new Map([["a", { shape: [2], values: Float32Array.of(value, value) }]]);
const [folder, document] = [process.argv[2], JSON.parse(process.argv[3])];
await saveCheckpoint(folder, document, { weights: arrays(0) });
const ends = [];
for (let call = 1, isLast = false; !isLast; call++) {
  countdown = call;
  const end = await saveCheckpoint(folder, document, { weights: arrays(call) }).then(() => "saved", (error) => error.name);
  isLast = countdown > 0;
  countdown = 0;
  ends.push([call, end, (await loadCheckpoint(folder, { training: false })).weights.get("a").values[0]]);
}
process.stdout.write(JSON.stringify(ends));`;

let child: Compiled;
beforeAll(async () => {
  child = await compiled(["checkpoint/checkpoint.ts"], { "loop.js": script, "fault.js": faultScript });
});
afterAll(() => child.remove());

test("saveCheckpoint: a process killed at any moment leaves its last save or the one in progress", async () => {
  const folder = temporaryFolder();
  let last = 0;
  for (let round = 0; round < 6; round++) {
    const argv = [join(child.folder, "loop.js"), folder, JSON.stringify(sampleDocument), String(last + 1)];
    const run = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    run.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await once(run.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    run.kill("SIGKILL");
    await once(run, "close");
    last = Math.max(last, ...said.trim().split("\n").map(Number));
    const { document, weights, training } = await loadCheckpoint(folder, { training: true });
    const step = Number(document.progress.step);
    expect([last, last + 1]).toContain(step);
    expect(weights.get("a")!.values.every((value) => value === step)).toBe(true);
    expect(training.get("a")!.values.every((value) => value === -step)).toBe(true);
    last = step;
  }
  await saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(1) });
  expect(readdirSync(folder)).toHaveLength(2); // leftovers of the kills are removed
});

test("saveCheckpoint: with a fault in any call it saves, or is one error and the previous save stays", () => {
  const argv = [join(child.folder, "fault.js"), temporaryFolder(), JSON.stringify(sampleDocument)];
  const ends = JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8" })) as [number, string, number][];
  expect(ends.length).toBeGreaterThan(20);
  let previous = 0;
  for (const [call, end, loaded] of ends) {
    expect({ call, end }).toEqual({ call, end: expect.stringMatching(/^(saved|UserError)$/) });
    expect({ call, loaded }).toEqual({ call, loaded: end === "saved" ? call : previous });
    previous = loaded;
  }
});

test("saveCheckpoint: every intermediate state of a save loads, and the next save from it works", async () => {
  const [before, after] = [temporaryFolder(), temporaryFolder()];
  await saveCheckpoint(before, sampleDocument, { weights: sampleArrays(1), training: sampleArrays(1) });
  cpSync(before, after, { recursive: true });
  await saveCheckpoint(after, sampleDocument, { weights: sampleArrays(2), training: sampleArrays(2) });

  const states = [
    ["partial weights-2"],
    ["weights-2"],
    ["weights-2", "training-2"],
    ["weights-2", "training-2", "tmp"],
  ];
  const folders = states.map((added) => {
    const folder = join(temporaryFolder(), "state");
    cpSync(before, folder, { recursive: true });
    for (const what of added) {
      const name = what === "tmp" ? "checkpoint.json.tmp" : `${what.replace("partial ", "")}.safetensors`;
      if (what === "tmp") copyFileSync(join(after, "checkpoint.json"), join(folder, name));
      else if (what.startsWith("partial")) writeFileSync(join(folder, name), "half");
      else copyFileSync(join(after, name), join(folder, name));
    }
    return { folder, holds: 1 };
  });
  const committed = join(temporaryFolder(), "state"); // renamed, but the old files are not yet removed
  cpSync(before, committed, { recursive: true });
  cpSync(after, committed, { recursive: true });
  folders.push({ folder: committed, holds: 2 });

  for (const { folder, holds } of folders) {
    expect(await loadCheckpoint(folder, { training: true })).toMatchObject({ weights: sampleArrays(holds) });
    await saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(3) });
    expect((await loadCheckpoint(folder, { training: false })).weights).toEqual(sampleArrays(3));
    expect(readdirSync(folder)).toHaveLength(2);
  }
});

test("loadCheckpoint: loads a whole checkpoint while another process saves into the folder", async () => {
  const folder = temporaryFolder();
  const run = spawn(process.execPath, [join(child.folder, "loop.js"), folder, JSON.stringify(sampleDocument), "1"]);
  await once(run.stdout, "data");
  for (let count = 0; count < 40; count++) {
    const { document, weights } = await loadCheckpoint(folder, { training: true });
    expect(weights.get("a")!.values[0]).toBe(document.progress.step);
  }
  run.kill("SIGKILL");
  await once(run, "close");
});

const tmpfs = (folder: string): boolean => {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=100k", "none", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

test("saveCheckpoint: a full disk is one clear error, and the previous save stays", async ({ skip }) => {
  const folder = join(temporaryFolder(), "small");
  mkdirSync(folder);
  skip(!tmpfs(folder), "mounting a small disk needs root");
  try {
    await saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(1) });
    const large = new Map([["a", { shape: [50_000], values: new Float32Array(50_000) }]]);
    const full = saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(2), training: large });
    await expect(full).rejects.toThrow(/could not save the checkpoint in .*ENOSPC.*its previous save is intact/);
    expect(readdirSync(folder).toSorted()).toEqual(["checkpoint.json", "weights-1.safetensors"]);
    expect((await loadCheckpoint(folder, { training: false })).weights).toEqual(sampleArrays(1));
  } finally {
    execFileSync("umount", [folder]);
  }
});

test("saveCheckpoint: a missing folder is one clear error", async () => {
  const save = saveCheckpoint(join(temporaryFolder(), "gone"), sampleDocument, { weights: sampleArrays(1) });
  await expect(save).rejects.toThrow(/could not save the checkpoint in .*gone: ENOENT/);
});
