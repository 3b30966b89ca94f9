/** @file Texts that end after a number of lines, sentences or words, and after whole words. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Limits, TextLimits } from "../../../src/inference/generation/textLimits.js";
import { WholeWords } from "../../../src/inference/generation/wholeWords.js";

/** What is shown of a text that arrives in pieces of a size. */
function limited(text: string, limits: Limits, size = 1): string {
  const textLimits = new TextLimits(limits);
  let shown = "";
  for (let start = 0; start < text.length && !textLimits.reached; start += size)
    shown += textLimits.pass(text.slice(start, start + size), start + size >= text.length);
  return shown;
}

test.each([
  ["He left. She stayed. Then rain.", 2, "He left. She stayed."],
  ['He said "Stop." Then he left. More.', 1, 'He said "Stop."'],
  ["Mr. Fox met J. Hare at 3.14 p.m. today. He ran.", 1, "Mr. Fox met J. Hare at 3.14 p.m. today."],
  ["What? No! Wait... what? Yes. No.", 3, "What? No! Wait... what?"],
  ["the fox left . the hare stayed . rain .", 2, "the fox left . the hare stayed ."],
  ["A title\n\nThe text. More.", 1, "A title"],
  ["A line\nthat goes on. More.", 1, "A line\nthat goes on."],
  ["狐は走った。兎は寝た。雨だ。", 2, "狐は走った。兎は寝た。"],
  ["「走れ。」と言った。終わり。", 1, "「走れ。」"],
  ["No end here", 1, "No end here"],
  ["One. Two.  ", 2, "One. Two.  "],
])("limits: of %j, %i sentences are %j", (text, sentences, expected) => {
  for (const size of [1, 2, 7, 100]) expect(limited(text, { sentences }, size)).toBe(expected);
});

test("limits: lines that have text count, and the line end after the last one is not shown", () => {
  expect(limited("\na\n\nb \nc\n", { lines: 2 })).toBe("\na\n\nb");
  expect(limited("a\nb", { lines: 2 })).toBe("a\nb");
});

test("limits: a text has as many words as the range says, and ends with a sentence if one ends in it", () => {
  const text = "One two. Three four five. Six seven eight nine ten. ";
  expect(limited(text, { words: { min: 3, max: 8 } })).toBe("One two. Three four five.");
  expect(limited(text, { words: { min: 6, max: 8 } })).toBe("One two. Three four five. Six seven eight");
  expect(limited(text, { words: { min: 4, max: 4 } })).toBe("One two. Three four");
  expect(limited(text, { words: { min: 3, max: 9 }, sentences: 1 })).toBe("One two. Three four five.");
  expect(limited("a b\nc d\ne f\n", { words: { min: 3, max: 9 }, lines: 1 })).toBe("a b\nc d");
});

test("limits: a text that arrives in other pieces ends at the same place", () => {
  const pieces = fc.array(fc.constantFrom("a", "B", ".", "!", " ", "\n", "”", "。", "文"), { maxLength: 40 });
  const limit = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
  const words = fc.option(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 4 })), { nil: undefined });
  fc.assert(
    fc.property(pieces, limit, limit, words, fc.integer({ min: 1, max: 9 }), (parts, lines, sentences, range, size) => {
      const limits = { lines, sentences, words: range && { min: Math.min(...range), max: range[1] + 4 } };
      const whole = limited(parts.join(""), limits, 1000);
      expect(limited(parts.join(""), limits, size)).toBe(whole);
      expect(parts.join("").startsWith(whole)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["the fox wal", "k", "the fox"],
  ["the fox walk", " on", "the fox walk"],
  ["the fox walk", ".", "the fox walk"],
  ["the fox don", "'t", "the fox"],
  ["the fox don'", "t", "the fox"],
  ['the "Fo', "x", "the"],
  ["the end.", "Next", "the end."],
  ["the fox ", "ran", "the fox "],
  ["half", "way", ""],
  ["狐は走", "った", "狐は走"],
])("whole words: of %j, before %j, %j is shown", (text, next, expected) => {
  const wholeWords = new WholeWords();
  const shown = Array.from(text, (character) => wholeWords.pass(character)).join("");
  expect(shown + wholeWords.end(next)).toBe(expected);
});
