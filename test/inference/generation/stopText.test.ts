/** @file Stop texts in a text that arrives in pieces. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StopText } from "../../../src/inference/generation/stopText.js";

/** The text that is passed on, and whether it stopped. */
function shown(pieces: readonly string[], stop: string | readonly string[] | undefined) {
  const stopText = new StopText(stop);
  let text = "";
  for (const [index, piece] of pieces.entries()) {
    text += stopText.pass(piece, index === pieces.length - 1);
    if (stopText.stopped) break;
  }
  return { text, stopped: stopText.stopped };
}

const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 4 });
const anyPieces = fc.array(letters, { minLength: 1, maxLength: 12 });

test("stop: one stop text ends the text before its first occurrence, however the text is cut into pieces", () => {
  fc.assert(
    fc.property(anyPieces, letters, (pieces, stop) => {
      const text = pieces.join("");
      const offset = stop === "" ? -1 : text.indexOf(stop);
      expect(shown(pieces, stop)).toEqual({
        text: offset === -1 ? text : text.slice(0, offset),
        stopped: offset !== -1,
      });
    }),
    { numRuns: 500 },
  );
});

test("stop: of several stop texts the one that is complete first ends the text", () => {
  fc.assert(
    fc.property(anyPieces, fc.array(letters, { maxLength: 3 }), (pieces, stops) => {
      const text = pieces.join("");
      const ends = Array.from(text, (_, index) => text.slice(0, index + 1)); // the text after each character
      const complete = ends.find((end) => stops.some((stop) => stop !== "" && end.endsWith(stop)));
      const longest = Math.max(0, ...stops.filter((stop) => complete?.endsWith(stop)).map(({ length }) => length));
      expect(shown(pieces, stops)).toEqual({
        text: complete === undefined ? text : complete.slice(0, complete.length - longest),
        stopped: complete !== undefined,
      });
    }),
    { numRuns: 500 },
  );
});

test("stop: only a possible beginning of a stop text is held back", () => {
  const stopText = new StopText(["end.", "new"]);
  expect(stopText.pass("the e", false)).toBe("the ");
  expect(stopText.pass("n", false)).toBe("");
  expect(stopText.pass("ding", false)).toBe("ending");
  expect(stopText.pass(" ne", false)).toBe(" ");
  expect(stopText.pass("", true)).toBe("ne");
});
