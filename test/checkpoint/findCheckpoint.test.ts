/** @file The checkpoint that a command uses. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CheckpointDocument, findCheckpoint, saveCheckpoint } from "../../src/checkpoint/checkpoint.js";
import type { Task } from "../../src/common/names.js";
import { sampleArrays, sampleDocument, temporaryFolder } from "./samples.js";

/** Folders with checkpoints, such as `local/tales`, by task and time. */
async function places(checkpoints: Record<string, [task: Task, day: string]>) {
  const root = temporaryFolder();
  for (const [name, [task, day]] of Object.entries(checkpoints)) {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    const document: CheckpointDocument = { ...sampleDocument, task };
    await saveCheckpoint(folder, document, { weights: sampleArrays(1) });
    const path = join(folder, "checkpoint.json");
    const text = readFileSync(path, "utf8").replace(/"updated": "[^"]+"/, `"updated": "${day}T00:00:00.000Z"`);
    writeFileSync(path, text);
  }
  return { local: join(root, "local"), bundled: join(root, "bundled") };
}

const usual = {
  "local/old": ["generator", "2026-01-01"],
  "local/new": ["generator", "2026-01-03"],
  "local/other": ["classifier", "2026-01-04"],
  "local/middle": ["generator", "2026-01-02"],
  "bundled/storyteller": ["generator", "2027-01-01"],
} satisfies Record<string, [Task, string]>;

test("findCheckpoint: without a name, the user's own checkpoint with the task that was saved last", async () => {
  const where = await places(usual);
  const found = await findCheckpoint(undefined, "generator", where);
  expect(found).toMatchObject({ folder: join(where.local, "new"), chosen: "newest", notes: [] });
  const either = await findCheckpoint(undefined, ["generator", "classifier"], where);
  expect(either.folder).toBe(join(where.local, "other"));
});

test("findCheckpoint: without an own checkpoint, a bundled one", async () => {
  const where = await places({ "local/a": usual["local/other"], "bundled/storyteller": usual["bundled/storyteller"] });
  expect(await findCheckpoint(undefined, "generator", where)).toMatchObject({ chosen: "bundled" });
  expect(await findCheckpoint(undefined, "generator", { ...where, local: "/no/such/place" })).toMatchObject({
    chosen: "bundled",
  });
});

test("findCheckpoint: damaged folders are skipped with a note, empty ones without a note", async () => {
  const where = await places(usual);
  writeFileSync(join(where.local, "new", "checkpoint.json"), "{");
  writeFileSync(join(where.local, "middle", "weights-1.safetensors"), "short");
  mkdirSync(join(where.local, "just-begun"));
  const found = await findCheckpoint(undefined, "generator", where);
  expect(found.folder).toBe(join(where.local, "old"));
  expect(found.notes).toHaveLength(2);
  expect(found.notes.join("\n")).toContain("checkpoint.json: damaged: not JSON");
  expect(found.notes.join("\n")).toContain("weights-1.safetensors: damaged: 5 bytes instead of");
});

test("findCheckpoint: a name is searched in ./checkpoints, then among the bundled ones; a path is used as it is", async () => {
  const where = await places({ ...usual, "bundled/old": ["generator", "2026-01-01"] });
  const folderOf = async (name: string) => (await findCheckpoint(name, "generator", where)).folder;
  expect(await folderOf("old")).toBe(join(where.local, "old"));
  expect(await folderOf("storyteller")).toBe(join(where.bundled, "storyteller"));
  expect(await folderOf(join(where.bundled, "old"))).toBe(join(where.bundled, "old"));
  expect(await folderOf(join(where.bundled, "old", "checkpoint.json"))).toBe(join(where.bundled, "old"));
});

test("findCheckpoint: an unknown name is an error that lists the known names", async () => {
  const where = await places(usual);
  const found = (name: string | undefined, task: Task, at = where) => findCheckpoint(name, task, at);
  await expect(found("tales", "generator")).rejects.toThrow(
    'no checkpoint named "tales"; checkpoints are: middle, new, old, other, storyteller',
  );
  await expect(found("./tales", "generator")).rejects.toThrow("no checkpoint at ./tales");
  await expect(found("other", "generator")).rejects.toThrow("other is a classifier; this command needs a generator");
  await expect(found("old", "classifier")).rejects.toThrow("old is a generator; this command needs a classifier");
  const nowhere = { local: "/no/such/place", bundled: "/nor/this" };
  await expect(found(undefined, "generator", nowhere)).rejects.toThrow("no generator in /no/such/place; make one");
});
