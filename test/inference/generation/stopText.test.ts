/** @file A text ends where the stop text would come, in whatever pieces it comes. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StopText } from "../../../src/inference/generation/stopText.js";

/** What is shown of pieces, and whether it stopped. */
function shown(pieces: readonly string[], stop: string | undefined) {
  const gate = new StopText(stop);
  let text = "";
  for (const [index, piece] of pieces.entries()) {
    text += gate.pass(piece, index === pieces.length - 1);
    if (gate.stopped) break;
  }
  return { text, stopped: gate.stopped };
}

const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 4 });

test("what is shown is the text before the first stop text, all of it where there is none", () => {
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 12 }), letters, (pieces, stop) => {
      const text = pieces.join("");
      const place = stop === "" ? -1 : text.indexOf(stop);
      expect(shown(pieces, stop)).toEqual({ text: place === -1 ? text : text.slice(0, place), stopped: place !== -1 });
    }),
    { numRuns: 500 },
  );
});

test("nothing is held back that cannot be the beginning of the stop text", () => {
  const gate = new StopText("end.");
  expect(gate.pass("the e", false)).toBe("the ");
  expect(gate.pass("nd", false)).toBe("");
  expect(gate.pass("ing", false)).toBe("ending");
  expect(gate.pass(" en", true)).toBe(" en");
});
