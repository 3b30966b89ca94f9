/** @file The folder of --token-cache: entries are whole, or made again. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { showWarningsWith } from "../../src/common/warnings.js";
import { type CachedEntry, TokenCache } from "../../src/examples/tokenCache.js";
import { folderWith } from "../support/folder.js";

const root = folderWith({});
let folder = "";
let warnings: string[] = [];
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  warnings = [];
  showWarningsWith((message) => void warnings.push(message));
});

const key = { corpus: "a", seed: 1 };

async function keep(cache = new TokenCache(folder)): Promise<CachedEntry> {
  const draft = cache.draft();
  draft.storage.store("tokens", Uint16Array).push([1, 2, 65_535]);
  const ends = draft.storage.numbers("ends", Float64Array);
  for (const end of [2, 2 ** 40]) ends.push(end);
  return draft.keep(key, { counts: [3] });
}

function expectWhole(entry: CachedEntry | undefined): void {
  expect(entry?.data).toEqual({ counts: [3] });
  expect(entry?.storage.store("tokens", Uint16Array).slice(0, 9)).toEqual(Uint16Array.of(1, 2, 65_535));
  expect([...entry!.storage.numbers("ends", Float64Array)]).toEqual([2, 2 ** 40]);
  entry?.dispose();
}

const entryIn = (): string =>
  join(
    folder,
    readdirSync(folder).find((name) => /^rnn-cache-[\da-f]{64}$/.test(name))!,
  );

test("token cache: an entry is found again under its key alone", async () => {
  const cache = new TokenCache(folder);
  expect(await cache.open(key)).toBeUndefined();
  expectWhole(await keep());
  expectWhole(await cache.open({ seed: 1, corpus: "a" }));
  expect(await cache.open({ ...key, seed: 2 })).toBeUndefined();
  expect(readdirSync(folder)).toHaveLength(1);
  expect(warnings).toEqual([]);
});

const damages: Record<string, (path: string) => void> = {
  "a changed byte": (path) => {
    const bytes = readFileSync(join(path, "tokens.bin"));
    bytes[0]! ^= 1;
    writeFileSync(join(path, "tokens.bin"), bytes);
  },
  "a cut file": (path) => truncateSync(join(path, "ends.bin"), 9),
  "a missing file": (path) => rmSync(join(path, "ends.bin")),
  "a missing record": (path) => rmSync(join(path, "entry.json")),
  "a cut record": (path) => truncateSync(join(path, "entry.json"), 40),
  "a changed record": (path) =>
    writeFileSync(
      join(path, "entry.json"),
      readFileSync(join(path, "entry.json"), "utf8").replace('"counts":[3]', '"counts":[4]'),
    ),
};

test.each(Object.entries(damages))("token cache: %s is one line, and the entry is made again", async (_, damage) => {
  (await keep()).dispose();
  damage(entryIn());
  expect(await new TokenCache(folder).open(key)).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/^.*rnn-cache-.*: damaged or cut off \(.*\); the tokens are made again$/),
  ]);
  expect(readdirSync(folder)).toEqual([]);
  expectWhole(await keep());
});

test("token cache: of two processes that make an entry at once, both have it and one keeps it", async () => {
  const entries = await Promise.all([keep(), keep(), keep()]);
  rmSync(entryIn(), { recursive: true }); // their files stay open
  for (const entry of entries) expectWhole(entry);
  expect(readdirSync(folder)).toEqual([]);
});

test("token cache: files of others stay, and what killed runs left goes after a day", async () => {
  mkdirSync(folder);
  const part = "rnn-cache-0f8fad5b-d9cb-469f-a165-70867728950e.part";
  const foreign = ["notes.txt", "rnn-cache-notes.part", "rnn-cache-notes"];
  for (const name of foreign) writeFileSync(join(folder, name), "mine");
  mkdirSync(join(folder, part));
  writeFileSync(join(folder, part, "tokens.bin"), "half");
  (await keep()).dispose();
  expect(readdirSync(folder)).toContain(part);
  const old = Date.now() / 1000 - 90_000;
  for (const path of [...foreign, join(part, "tokens.bin"), part]) utimesSync(join(folder, path), old, old);
  rmSync(entryIn(), { recursive: true });
  (await keep()).dispose();
  expect(
    readdirSync(folder)
      .filter((name) => !entryIn().endsWith(name))
      .toSorted(),
  ).toEqual(foreign.toSorted());
});

test("token cache: a file under the name of an entry is not touched", async () => {
  (await keep()).dispose();
  const path = entryIn();
  rmSync(path, { recursive: true });
  writeFileSync(path, "mine");
  await expect(keep()).rejects.toThrow(/could not keep the tokens in .*--token-cache/);
  expect(readFileSync(path, "utf8")).toBe("mine");
  expect(readdirSync(folder)).toHaveLength(1);
});

test("token cache: a folder that cannot be made is one line", () => {
  mkdirSync(folder);
  writeFileSync(join(folder, "a-file"), "");
  expect(() => new TokenCache(join(folder, "a-file", "below")).draft()).toThrow(/a-file.*--token-cache/);
  expect(statSync(join(folder, "a-file")).size).toBe(0);
});
