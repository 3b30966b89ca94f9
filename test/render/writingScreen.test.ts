/** @file The screen of `rnn write` on terminals of any size. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { displayWidth } from "../../src/render/textWidth.js";
import { rowsOf, visible, writingScreen, type WritingView } from "../../src/render/writingScreen.js";

const same = (text: string): string => text;
const style = { bar: same, model: (text: string) => `<${text}>`, faint: same };
const plainStyle = { ...style, model: same };

const viewWith = (given: Partial<WritingView>): WritingView => ({
  columns: 40,
  rows: 10,
  title: " tale.txt",
  detail: "teller ",
  text: "the fox ran",
  cursor: 11,
  isOfModel: (position) => position >= 4 && position < 7,
  choices: [
    { number: 1, text: " home", probability: 0.4 },
    { number: 2, text: "\n", probability: 0.1 },
  ],
  selected: 1,
  settings: [],
  note: "saved",
  keys: "Tab choose",
  ...given,
});

test("write: the screen has the page, the choices and the keys", () => {
  expect(writingScreen(viewWith({}), style)).toEqual({
    lines: [
      " tale.txt                        teller ",
      "the <fox> ran",
      "",
      "",
      "",
      "",
      "",
      " 1 home 40%   [2 ↵ 10%]",
      "saved",
      "Tab choose",
    ],
    cursor: { row: 1, column: 11 },
  });
});

test("write: sentences have lines of their own, settings take the place of choices", () => {
  const sentences = [1, 2].map((number) => ({ number, text: " It rained.", probability: null }));
  const { lines } = writingScreen(viewWith({ choices: sentences, selected: -1 }), style);
  expect(lines.slice(6, 8)).toEqual([" 1 It rained. ", " 2 It rained. "]);
  const settings = [{ name: "temperature", value: "0.8" }];
  expect(writingScreen(viewWith({ settings, selected: 0 }), style).lines[7]).toBe("[temperature  < 0.8 >]");
});

test("write: long lines break at spaces, else within words, and no character is lost", () => {
  const shownRows = (text: string, columns: number) =>
    rowsOf(text, columns).map(({ start, end }) => text.slice(start, end));
  expect(shownRows("one two three", 9)).toEqual(["one two", "three"]);
  expect(shownRows("abcdefgh ij", 6)).toEqual(["abcde", "fgh", "ij"]);
  expect(shownRows("a\n\nb\n", 6)).toEqual(["a", "", "b", ""]);
  expect(shownRows("森林森林", 6)).toEqual(["森林", "森林"]);
});

test("write: any text fits any terminal, and the cursor is on it", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(" ", "\n", "\t", "\u001B", "森"),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(
      text,
      fc.nat(),
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 1, max: 30 }),
      (written, at, columns, rows) => {
        const view = viewWith({ text: written, cursor: at % (written.length + 1), columns, rows });
        const { lines, cursor } = writingScreen(view, plainStyle);
        expect(lines).toHaveLength(rows);
        for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(2, columns)); // a wide character
        expect(cursor.row).toBeLessThan(rows);
        expect(cursor.row).toBeGreaterThanOrEqual(0);
        expect(cursor.column).toBeLessThan(columns);
      },
    ),
  );
});

test("write: control characters of a text cannot control the terminal", () => {
  expect(visible("a\u001B[2Jb\u202E\t")).toBe("a·[2Jb· ");
});
