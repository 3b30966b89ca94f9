/** @file Each run gets a folder of its own. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCheckpointFolder } from "../../src/checkpoint/checkpoint.js";
import { temporaryFolder } from "./samples.js";

test("checkpoint folder: runs on the same corpus get numbers, even when they start at the same time", async () => {
  const parent = join(temporaryFolder(), "checkpoints");
  const folders = await Promise.all([1, 2, 3].map(() => createCheckpointFolder(undefined, parent, "tales")));
  expect(folders.toSorted()).toEqual(["tales", "tales-2", "tales-3"].map((name) => join(parent, name)));
});

test.each([
  ["../../etc", "etc"],
  ["my tale: part 1", "my-tale-part-1"],
  ["...", "corpus"],
  ["Märchen", "Märchen"],
])("checkpoint folder: the corpus %j makes the folder %j", async (stem, name) => {
  const parent = temporaryFolder();
  await createCheckpointFolder(undefined, parent, stem);
  expect(readdirSync(parent)).toEqual([name]);
});

test("checkpoint folder: --out makes its folder and the folders above it, and accepts an empty one", async () => {
  const out = join(temporaryFolder(), "a", "b");
  expect(await createCheckpointFolder(out, "unused", "unused")).toBe(out);
  expect(await createCheckpointFolder(out, "unused", "unused")).toBe(out);
});

test("checkpoint folder: --out with a file or a folder that has files is an error", async () => {
  const out = join(temporaryFolder(), "taken");
  mkdirSync(out);
  writeFileSync(join(out, "notes.txt"), "mine");
  await expect(createCheckpointFolder(out, "unused", "unused")).rejects.toThrow(
    /--out .*taken exists and is not an empty folder/,
  );
  await expect(createCheckpointFolder(join(out, "notes.txt"), "unused", "unused")).rejects.toThrow(
    "exists and is not an empty folder",
  );
  await expect(createCheckpointFolder(join(out, "notes.txt", "a"), "unused", "unused")).rejects.toThrow(
    "could not make the folder",
  );
});
