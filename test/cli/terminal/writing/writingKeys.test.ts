/** @file Edits of a page, and undo and redo, for any sequence of keys. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  changed,
  historyOf,
  inserted,
  pageOf,
  partsOf,
  redone,
  undone,
} from "../../../../src/cli/terminal/writing/authoredText.js";
import { type Key, pasted, pressed } from "../../../../src/cli/terminal/writing/writingKeys.js";
import { isUnsaved, type WritingState } from "../../../../src/cli/terminal/writing/writingState.js";

export const start = (text = "", given: Partial<WritingState> = {}): WritingState => ({
  history: historyOf(pageOf([{ author: "file", text }])),
  mode: "page",
  savedText: text,
  file: "tale.txt",
  settings: { temperature: 0.8, choices: 3, weights: [1] },
  models: ["teller"],
  suggestions: [
    { text: " fox", probability: 0.5 },
    { text: " goat", probability: 0.3 },
    { text: " Fig", probability: 0.1 },
  ],
  offersSentences: false,
  seed: 0,
  selected: 0,
  typed: "",
  setting: 0,
  name: "text-1.txt",
  leavesAfterSaving: false,
  message: "",
  columns: 40,
  rows: 12,
  ...given,
});

const keys: Record<string, Key> = {
  tab: { name: "tab", text: "\t" },
  enter: { name: "return", text: "\r" },
  escape: { name: "escape" },
  undo: { name: "z", ctrl: true },
  redo: { name: "y", ctrl: true },
  save: { name: "s", ctrl: true },
  quit: { name: "c", ctrl: true },
  settings: { name: "t", ctrl: true },
  sentences: { name: "e", ctrl: true },
};
const named = (name: string): Key => keys[name] ?? (Array.from(name).length === 1 ? { name, text: name } : { name });

/** Presses keys: names, or text to type after a colon. */
export const press = (state: WritingState, ...names: (string | Key)[]): WritingState =>
  names
    .flatMap((name) =>
      typeof name === "string" && name.startsWith(":")
        ? Array.from(name.slice(1), named)
        : typeof name === "string"
          ? named(name)
          : name,
    )
    .reduce((before, key) => pressed(before, key).state, state);

const textOf = (state: WritingState): string => state.history.page.text;
const shown = ({ history: { page } }: WritingState): string =>
  `${page.text.slice(0, page.cursor)}|${page.text.slice(page.cursor)}`;

test("write: typed text stands at the cursor, digits too", () => {
  expect(shown(press(start("a c"), "left", ":12 ", "enter", ":b"))).toBe("a 12 \nb|c");
});

test("write: the cursor moves by characters, words, lines and rows", () => {
  const state = start("the fox\nran 👩‍🌾 home");
  expect(shown(press(state, "home"))).toBe("the fox\n|ran 👩‍🌾 home");
  expect(shown(press(state, "home", "left", "left"))).toBe("the fo|x\nran 👩‍🌾 home");
  expect(shown(press(state, { name: "left", ctrl: true }, "left", "left"))).toBe("the fox\nran |👩‍🌾 home");
  expect(shown(press(state, "up"))).toBe("the fox|\nran 👩‍🌾 home");
  expect(shown(press(state, { name: "home", ctrl: true }, "down", "right"))).toBe("the fox\nr|an 👩‍🌾 home");
  expect(shown(press(state, { name: "home", ctrl: true }, "left", "up", "backspace"))).toBe("|the fox\nran 👩‍🌾 home");
});

test("write: a character is deleted whole, and a word with Ctrl", () => {
  expect(textOf(press(start("a👩‍🌾"), "backspace"))).toBe("a");
  expect(textOf(press(start("one two"), { name: "w", ctrl: true }))).toBe("one ");
  expect(textOf(press(start("ab"), "home", "delete"))).toBe("b");
});

test("write: Alt and a number takes a continuation, which is then the model's", () => {
  const state = press(start("a"), { name: "2", text: "2", meta: true }, ":!");
  expect(textOf(state)).toBe("a goat!");
  expect(partsOf(state.history.page)).toEqual([
    { author: "file", text: "a" },
    { author: "model", text: " goat" },
    { author: "person", text: "!" },
  ]);
  expect(press(start(), { name: "9", text: "9", meta: true }).message).toBe("there is no continuation 9");
});

test("write: Tab chooses by arrows, number or first letters", () => {
  expect(textOf(press(start("a"), "tab", "enter"))).toBe("a fox");
  expect(textOf(press(start("a"), "tab", "down", "enter"))).toBe("a goat");
  expect(textOf(press(start("a"), "tab", "up", "enter"))).toBe("a Fig");
  expect(textOf(press(start("a"), "tab", "3"))).toBe("a Fig");
  expect(textOf(press(start("a"), "tab", ":fi", "enter"))).toBe("a Fig");
  expect(textOf(press(start("a"), "tab", ":f", "down", "enter"))).toBe("a Fig");
  expect(press(start("a"), "tab", "z").message).toBe("no continuation begins with z");
  expect(shown(press(start("a"), "tab", ":f", "escape", ":b"))).toBe("ab|");
  expect(textOf(press(start("a", { suggestions: [] }), "tab", "down", "enter", ":b"))).toBe("ab");
});

test("write: the settings change by steps within their limits", () => {
  const two = start("", { models: ["a", "b"], settings: { temperature: 0.8, choices: 3, weights: [1, 0.1] } });
  const colder = press(two, "settings", ...Array<string>(30).fill("left"));
  expect(colder.settings.temperature).toBe(0.1);
  expect(press(two, "settings", "down", ...Array<string>(9).fill("right")).settings.choices).toBe(9);
  expect(press(two, "settings", "up", "left").settings.weights).toEqual([1, 0]);
  const last = press(two, "settings", "up", "left", "up", ...Array<string>(12).fill("left"));
  expect(last.settings.weights).toEqual([0.1, 0]);
  expect(last.message).toBe("one model must have a weight above 0");
  expect(press(last, "enter").mode).toBe("page");
});

test("write: leaving with unsaved text asks, and saving a new text asks for a name", () => {
  expect(pressed(start("a"), named("quit")).request).toBe("leave");
  const changedText = press(start("a", { file: null }), ":b");
  expect(pressed(changedText, named("quit")).request).toBeUndefined();
  expect(pressed(press(changedText, "quit"), named("n")).request).toBe("leave");
  expect(press(changedText, "quit", "escape").mode).toBe("page");
  const naming = press(changedText, "quit", "y", "backspace", ":!");
  expect(naming).toMatchObject({ mode: "name", name: "text-1.tx!", leavesAfterSaving: true });
  expect(pressed(naming, named("enter")).request).toBe("save");
  expect(pressed(press(start(), ":b"), named("save")).request).toBe("save");
});

test("write: pasted text is one step, with line feeds", () => {
  const state = pasted(start("a"), "b\r\nc\td");
  expect(textOf(state)).toBe("ab\nc\td");
  expect(textOf(press(state, "undo"))).toBe("a");
});

test("write: a text that is pasted where the name of a file is typed is the name", () => {
  const naming = press(start("", { file: null, name: "" }), ":a", "save");
  const state = pasted(naming, "tale.txt\r\n");
  expect(state).toMatchObject({ mode: "name", name: "tale.txt" });
  expect(textOf(state)).toBe("a");
});

test("write: a word of any length is deleted quickly", () => {
  const state = press(start("a".repeat(2 ** 20)), { name: "w", ctrl: true });
  expect(textOf(state).length).toBeGreaterThan(2 ** 19);
});

test("write: the steps of a long text hold no more than 64 Mi characters", () => {
  let history = historyOf(pageOf([{ author: "file", text: "a".repeat(2 ** 22) }]));
  for (let step = 0; step < 30; step++) history = changed(history, inserted(history.page, "b", "person"), "other");
  expect(history.past.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(2 ** 26);
  expect(history.past.length).toBeGreaterThan(10);
});

test("write: undo goes back by words, redo forth", () => {
  const state = press(start(), ":one two");
  expect(textOf(press(state, "undo"))).toBe("one ");
  expect(textOf(press(state, "undo", "undo"))).toBe("");
  expect(textOf(press(state, "undo", "undo", "undo", "redo", "redo"))).toBe("one two");
  expect(textOf(press(state, "undo", ":3", "redo"))).toBe("one 3");
});

test("write: any changes are undone and redone to the same pages", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.constantFrom("typing", "deleting", "other"))), (edits) => {
      const first = historyOf(pageOf([]));
      const last = edits.reduce(
        (history, [text, kind]) => changed(history, inserted(history.page, text, "person"), kind as "typing"),
        first,
      );
      let back = last;
      for (let step = 0; step < edits.length; step++) back = undone(back);
      expect(back.page).toEqual(first.page);
      for (let step = 0; step < edits.length; step++) back = redone(back);
      expect(back.page).toEqual(last.page);
    }),
  );
});

const anyKey = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 3 }).map((text): Key => ({ text })),
  fc
    .record({
      name: fc.constantFrom(
        "left",
        "right",
        "up",
        "down",
        "home",
        "end",
        "pageup",
        "pagedown",
        "backspace",
        "delete",
        "return",
        "tab",
        "escape",
        "1",
        "z",
        "y",
        "t",
        "e",
        "w",
        "s",
        "c",
        "n",
      ),
      ctrl: fc.boolean(),
      meta: fc.boolean(),
      shift: fc.boolean(),
    })
    .map((key): Key => key),
);

test("write: after any keys the cursor is in the text, and every character has an author", () => {
  fc.assert(
    fc.property(fc.array(anyKey, { maxLength: 60 }), fc.string(), (pressedKeys, text) => {
      const state = press(start(text), ...pressedKeys);
      const { page } = state.history;
      expect(page.cursor).toBeGreaterThanOrEqual(0);
      expect(page.cursor).toBeLessThanOrEqual(page.text.length);
      expect(page.authors).toHaveLength(page.text.length);
      expect(
        partsOf(page)
          .map((part) => part.text)
          .join(""),
      ).toBe(page.text);
      expect(isUnsaved(state)).toBe(page.text !== text);
    }),
  );
});
