/** @file A saved checkpoint loads to the bit; a damaged one is a clear error. */
import { readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CheckpointDocument, loadCheckpoint, saveCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { UserError } from "../../src/common/errors.js";
import { showWarningsWith } from "../../src/common/warnings.js";
import { sampleArrays, sampleDocument, temporaryFolder } from "./samples.js";

async function saved(): Promise<string> {
  const folder = temporaryFolder();
  await saveCheckpoint(folder, sampleDocument, { weights: sampleArrays(1), training: sampleArrays(2) });
  return folder;
}

/** Changes the text of a folder's document. */
function edit(folder: string, change: (text: string) => string): void {
  const path = join(folder, "checkpoint.json");
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

test("checkpoint: a save loads with the same content", async () => {
  const folder = await saved();
  const { document, weights, training } = await loadCheckpoint(folder, { training: true });
  expect(document).toMatchObject({ ...sampleDocument, options: { epochs: 2 } });
  expect(weights).toEqual(sampleArrays(1));
  expect(training).toEqual(sampleArrays(2));
  expect(await loadCheckpoint(folder, { training: false })).not.toHaveProperty("training");
});

test("checkpoint: a loaded document saves again, keeps its creation time and leaves no old files", async () => {
  const folder = await saved();
  const { document } = await loadCheckpoint(folder, { training: false });
  await saveCheckpoint(folder, { ...document, metrics: { loss: NaN } }, { weights: sampleArrays(3) });
  expect(readdirSync(folder).toSorted()).toEqual(["checkpoint.json", "weights-2.safetensors"]);
  const again = await loadCheckpoint(folder, { training: false });
  expect(again.document.created).toBe(sampleDocument.created);
  expect(again.document.metrics).toEqual({ loss: null });
  await expect(loadCheckpoint(folder, { training: true })).rejects.toThrow("saved without its training state");
});

test("checkpoint: an invalid document is not written", async () => {
  const folder = await saved();
  const broken: CheckpointDocument = { ...sampleDocument, progress: { step: NaN } };
  await expect(saveCheckpoint(folder, broken, { weights: sampleArrays(3) })).rejects.toThrow("progress");
  expect(await loadCheckpoint(folder, { training: true })).toMatchObject({ weights: sampleArrays(1) });
  expect(readdirSync(folder)).toHaveLength(3);
});

/** The warnings of loading a folder. */
async function warningsOf(folder: string): Promise<string[]> {
  const lines: string[] = [];
  showWarningsWith((line) => lines.push(line));
  await loadCheckpoint(folder, { training: true });
  return lines;
}

test("checkpoint: a document that was edited by hand loads with a warning", async () => {
  const folder = await saved();
  expect(await warningsOf(folder)).toEqual([]);
  edit(folder, (text) => text.replace('"good"', '"great"'));
  const [line, ...more] = await warningsOf(folder);
  expect(line).toBe(
    `${join(folder, "checkpoint.json")} was changed after it was saved (its digest differs); it is used as it is`,
  );
  expect(more).toEqual([]);
  expect((await loadCheckpoint(folder, { training: false })).document.labels).toEqual(["great", "bad"]);
});

test("checkpoint: another layout, or no digest, is no warning", async () => {
  const folder = await saved();
  edit(folder, (text) => JSON.stringify(JSON.parse(text)));
  expect(await warningsOf(folder)).toEqual([]);
  edit(folder, (text) => text.replace(/,"digest":"[0-9a-f]{64}"\}$/, "}").replace('"good"', '"great"'));
  expect(await warningsOf(folder)).toEqual([]);
  expect((await loadCheckpoint(folder, { training: false })).document).not.toHaveProperty("digest");
});

const weightsFile = "weights-1.safetensors";

test.each<[string, (folder: string) => void, string]>([
  ["a missing file", (folder) => rmSync(join(folder, weightsFile)), "weights-1.safetensors: damaged: missing"],
  ["a truncated file", (folder) => truncateSync(join(folder, weightsFile), 50), "50 bytes instead of"],
  [
    "a changed byte",
    (folder) => {
      const bytes = readFileSync(join(folder, weightsFile));
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(join(folder, weightsFile), bytes);
    },
    "SHA-256 differs",
  ],
  [
    "a device instead of a file",
    (folder) => {
      rmSync(join(folder, weightsFile));
      symlinkSync("/dev/zero", join(folder, weightsFile));
    },
    "not a file",
  ],
  ["an empty document", (folder) => edit(folder, () => ""), "not JSON"],
  ["a document cut short", (folder) => edit(folder, (text) => text.slice(0, 300)), "not JSON"],
  ["another program's document", (folder) => edit(folder, () => "{}"), 'its "format" is not'],
  ["no document", (folder) => rmSync(join(folder, "checkpoint.json")), "is not a checkpoint"],
  [
    "a newer format",
    (folder) => edit(folder, (text) => text.replace('"version": 1', '"version": 2')),
    "written by a newer rnn (format 2; this version reads up to 1); update rnn",
  ],
  ["an unknown key", (folder) => edit(folder, (text) => text.replace("{", '{"colour": 1,')), "colour: unknown key"],
  ["__proto__", (folder) => edit(folder, (text) => text.replace("{", '{"__proto__": {"a": 1},')), "__proto__: unknown"],
  [
    "__proto__ further down",
    (folder) => edit(folder, (text) => text.replace('"epochs": 2', '"__proto__": 2')),
    "options",
  ],
  [
    "a path out of the folder",
    (folder) => edit(folder, (text) => text.replace(weightsFile, `../../${weightsFile}`)),
    "files.weights.name",
  ],
  [
    "a negative size",
    (folder) => edit(folder, (text) => text.replace(/"bytes": \d+/g, '"bytes": -1')),
    "files.weights.bytes",
  ],
])("checkpoint: %s is one clear error", async (_, damage, message) => {
  const folder = await saved();
  damage(folder);
  const error: unknown = await loadCheckpoint(folder, { training: true }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toHaveProperty("message", expect.stringContaining(message));
  expect(error).toHaveProperty("message", expect.not.stringContaining("\n"));
});

test("checkpoint: one message lists every problem of a document", async () => {
  const folder = await saved();
  edit(folder, (text) =>
    text
      .replace('"classifier"', '"painter"')
      .replace('"counts"', '"count"')
      .replace('"labelled": true', '"labelled": 1'),
  );
  const message = /task: expected .*; corpus.labelled: expected boolean, not 1; counts: missing; count: unknown key/;
  await expect(loadCheckpoint(folder, { training: false })).rejects.toThrow(message);
});

test("checkpoint: damage of any single byte of the document is a clear error or harmless", async () => {
  const folder = await saved();
  const good = readFileSync(join(folder, "checkpoint.json"));
  for (let place = 0; place < good.length; place += 7) {
    const bytes = Buffer.from(good);
    bytes[place]! ^= 0x81;
    writeFileSync(join(folder, "checkpoint.json"), bytes);
    const loaded: unknown = await loadCheckpoint(folder, { training: false }).catch((error: unknown) => error);
    expect(loaded).toSatisfy((outcome) => outcome instanceof UserError || !(outcome instanceof Error));
  }
});

test("checkpoint: the document keeps short lists on one line", async () => {
  const text = readFileSync(join(await saved(), "checkpoint.json"), "utf8");
  expect(text.split("\n").length).toBeLessThan(50);
  expect(text).toContain('"labels": ["good", "bad"]');
});
