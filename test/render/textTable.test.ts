/** @file Tables line up. */
import { expect, test } from "vitest";
import { formatTable } from "../../src/render/textTable.js";
import { displayWidth, printable } from "../../src/render/textWidth.js";

const table = {
  columns: [
    { key: "label", title: "label" },
    { key: "share", title: "share", format: (value: number) => value.toFixed(2) },
    { key: "note", title: "note" },
  ],
  rows: [
    { label: "good", share: 0.5, note: "a" },
    { label: "日本語", share: 12, hidden: 1 },
    { label: "two\nlines\u001B[31m", share: null, note: true },
  ],
};

test("columns line up, numbers to the right, whatever the cells hold", () => {
  expect(formatTable(table)).toBe(
    String.raw`label                 share  note
good                   0.50  a
日本語                12.00
two\nlines\u001b[31m         true
`,
  );
});

test.each([
  ["abc", 3],
  ["naïve", 5],
  ["e\u0301", 1],
  ["日本", 4],
  ["한글", 4],
  ["🙂", 2],
  ["👩‍👩‍👧", 2],
  ["❤️", 2],
  ["█░●", 3],
  ["", 0],
])("%s takes %d columns", (text, width) => expect(displayWidth(text)).toBe(width));

test("nothing that steers a terminal is printable", () => {
  expect(printable("a\u001B]0;title\u0007\r\u009B\u202Eb")).toBe(String.raw`a\u001b]0;title\u0007\u000d\u009b\u202eb`);
  expect(printable("Grüße 🙂")).toBe("Grüße 🙂");
});
