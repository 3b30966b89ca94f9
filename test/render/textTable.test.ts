/** @file Tables and labeled lines: alignment and width. */
import { expect, test } from "vitest";
import { cutColumns, formatTable, labeledLines } from "../../src/render/textTable.js";
import { displayWidth, printable, wrapText } from "../../src/render/textWidth.js";

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

test("table: columns are aligned, numbers to the right, and control characters are escaped", () => {
  expect(formatTable(table)).toBe(
    String.raw`label               share  note
good                 0.50  a
日本語              12.00
two\nlines\x1b[31m         true
`,
  );
});

const wide = {
  columns: [
    { key: "name", title: "" },
    { key: "accuracy", title: "validation accuracy", format: (value: number) => value.toFixed(2) },
    { key: "loss", title: "loss", rank: 1 },
    { key: "note", title: "note" },
  ],
  rows: [
    { name: "lstm", accuracy: 0.5, loss: 1.25, note: "one two three four" },
    { name: "gru", accuracy: 0.25, loss: 2, note: "" },
  ],
};

test("table: a table that is too wide wraps its titles first", () => {
  expect(formatTable(wide, 45)).toBe(`      validation
        accuracy  loss  note
lstm        0.50  1.25  one two three four
gru         0.25     2
`);
});

test("table: then it loses the columns with a rank, then it wraps the last column", () => {
  expect(formatTable(wide, 38)).toBe(`      validation
        accuracy  note
lstm        0.50  one two three four
gru         0.25
`);
  expect(formatTable(wide, 31)).toBe(`      validation
        accuracy  note
lstm        0.50  one two three
                  four
gru         0.25
`);
});

test("table: cutColumns removes the last columns that do not fit", () => {
  expect(cutColumns(wide, 1, 40)).toMatchObject({ cut: 1, table: { columns: { length: 3 } } });
  expect(cutColumns(wide, 1, 100).cut).toBe(0);
});

test("labeled lines: texts are wrapped beside their labels, or below them on a narrow terminal", () => {
  const lines = [
    ["corpus", "a file"],
    ["network", "one two three four"],
    ["absent", undefined],
  ] as const;
  expect(labeledLines(lines, 27)).toEqual(["corpus   a file", "network  one two three four"]);
  expect(labeledLines(lines, 20)).toEqual(["corpus", "  a file", "network", "  one two three four"]);
  expect(labeledLines([["to", "one two three"]], 12)).toEqual(["to  one two", "    three"]);
});

test("wrapText: lines fit the width, longer words stay whole", () => {
  expect(wrapText("one two  three", 7)).toEqual(["one two", "three"]);
  expect(wrapText("  indented text", 12)).toEqual(["  indented", "text"]);
  expect(wrapText("unbreakable/path/of/a/file is", 5)).toEqual(["unbreakable/path/of/a/file", "is"]);
  expect(wrapText("", 5)).toEqual([""]);
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
])("width: %s takes %d columns", (text, width) => expect(displayWidth(text)).toBe(width));

test("printable: control characters are escaped", () => {
  expect(printable("a\u001B]0;title\u0007\r\u009B\u202Eb")).toBe(String.raw`a\x1b]0;title\x07\x0d\x9b\u202eb`);
  expect(printable("Grüße 🙂")).toBe("Grüße 🙂");
});
