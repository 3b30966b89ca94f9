/** @file The files of `rnn write`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inserted, partsOf } from "../../../../src/cli/terminal/writing/authoredText.js";
import {
  openText,
  rescueText,
  saveText,
  transcriptOf,
  writtenPage,
} from "../../../../src/cli/terminal/writing/writingFiles.js";
import { folderWith } from "../../../support/folder.js";

const folder = folderWith({
  "dos.txt": "\uFEFFone\r\ntwo\r\n",
  "latin.txt": Uint8Array.of(0x61, 0xe9),
  "tale.txt": "one",
});
const path = (name: string): string => join(folder, name);

test("write: a saved text has its transcript, which goes on with the file", async () => {
  const { page, form, isNew } = await openText(path("new.txt"));
  expect(isNew).toBe(true);
  const written = inserted(inserted(page, "one", "person"), " two\n", "model");
  await saveText(path("new.txt"), written, form, true);
  expect(readFileSync(path("new.txt"), "utf8")).toBe("one two\n");
  expect(readFileSync(transcriptOf(path("new.txt")), "utf8")).toBe(
    '{"author":"person","text":"one"}\n{"author":"model","text":" two\\n"}\n',
  );
  expect((await openText(path("new.txt"))).page).toEqual(written);
  writeFileSync(path("new.txt"), "other"); // by another program
  expect(partsOf((await openText(path("new.txt"))).page)).toEqual([{ author: "file", text: "other" }]);
});

test("write: without a transcript the text alone is saved", async () => {
  const { page, form } = await openText(path("tale.txt"));
  await saveText(path("tale.txt"), inserted(page, "!", "person"), form, false);
  expect(readFileSync(path("tale.txt"), "utf8")).toBe("one!");
  expect(existsSync(transcriptOf(path("tale.txt")))).toBe(false);
});

test("write: line ends and a byte-order mark stay as they were", async () => {
  const { page, form } = await openText(path("dos.txt"));
  expect(page.text).toBe("one\ntwo\n");
  await saveText(path("dos.txt"), inserted(page, "3\n", "person"), form, false);
  expect(readFileSync(path("dos.txt"), "utf8")).toBe("\uFEFFone\r\ntwo\r\n3\r\n");
});

test("write: a file that is not a text is refused in one line", async () => {
  await expect(openText(path("latin.txt"))).rejects.toThrow(/latin\.txt is not UTF-8; convert it first/);
  await expect(openText(folder)).rejects.toThrow(/could not read .*it is a folder; name a file/);
});

test("write: a rescued text replaces no file", () => {
  const first = rescueText(path("tale.txt"), "a");
  expect(first).toBe(path("tale.txt.recovered-1.txt"));
  expect(rescueText(path("tale.txt"), "b")).toBe(path("tale.txt.recovered-2.txt"));
  expect(readFileSync(first!, "utf8")).toBe("a");
});

test("write: a text that cannot be rescued beside its file is rescued into the folder of temporary files", () => {
  const rescued = rescueText(path("nowhere/tale.txt"), "a")!;
  onTestFinished(() => rmSync(rescued));
  expect(dirname(rescued)).toBe(tmpdir());
  expect(basename(rescued)).toMatch(/^tale\.txt\.recovered-\d+\.txt$/);
  expect(readFileSync(rescued, "utf8")).toBe("a");
});

test("write: an exported page marks the model's words and escapes the rest", () => {
  const html = writtenPage("a<b", [
    { author: "person", text: "one & " },
    { author: "model", text: "<two>" },
  ]);
  expect(html).toContain("<title>a&lt;b</title>");
  expect(html).toContain("<main>one &amp; <mark>&lt;two&gt;</mark></main>");
});
