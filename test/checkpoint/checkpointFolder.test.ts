/** @file Each run gets a folder that was nobody's. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCheckpointFolder } from "../../src/checkpoint/checkpoint.js";
import { temporaryFolder } from "./samples.js";

test("runs on the same corpus get numbers, even when they start at once", async () => {
  const parent = join(temporaryFolder(), "checkpoints");
  const folders = await Promise.all([1, 2, 3].map(() => createCheckpointFolder(undefined, parent, "tales")));
  expect(folders.toSorted()).toEqual(["tales", "tales-2", "tales-3"].map((name) => join(parent, name)));
});

test.each([
  ["../../etc", "etc"],
  ["my tale: part 1", "my-tale-part-1"],
  ["...", "corpus"],
  ["Märchen", "Märchen"],
])("a corpus called %j makes the folder %j", async (stem, name) => {
  const parent = temporaryFolder();
  await createCheckpointFolder(undefined, parent, stem);
  expect(readdirSync(parent)).toEqual([name]);
});

test("--out makes its folder with those above it, and takes an empty one", async () => {
  const out = join(temporaryFolder(), "a", "b");
  expect(await createCheckpointFolder(out, "unused", "unused")).toBe(out);
  expect(await createCheckpointFolder(out, "unused", "unused")).toBe(out);
});

test("--out refuses what holds anything, or is no folder", async () => {
  const out = join(temporaryFolder(), "taken");
  mkdirSync(out);
  writeFileSync(join(out, "notes.txt"), "mine");
  await expect(createCheckpointFolder(out, "unused", "unused")).rejects.toThrow(/--out .*taken exists already/);
  await expect(createCheckpointFolder(join(out, "notes.txt"), "unused", "unused")).rejects.toThrow("exists already");
  await expect(createCheckpointFolder(join(out, "notes.txt", "a"), "unused", "unused")).rejects.toThrow(
    "cannot be made",
  );
});
