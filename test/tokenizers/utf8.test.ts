/** @file The automaton of UTF-8. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cannotFollow, stateAfter, wholeCharacters } from "../../src/tokenizers/utf8.js";

const isText = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

const anyByte = fc.oneof(
  fc.constantFrom(0xc0, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf),
  fc.nat(255),
);

test("utf8: bytes end between characters exactly if they are text", () => {
  fc.assert(
    fc.property(fc.array(anyByte, { maxLength: 4 }), (given) => {
      const bytes = Uint8Array.from(given);
      expect(stateAfter(wholeCharacters, bytes) === wholeCharacters).toBe(isText(bytes));
    }),
    { numRuns: 5000 },
  );
});

test("utf8: every state that can be reached can become text, so that a token can always follow", () => {
  fc.assert(
    fc.property(fc.array(anyByte, { maxLength: 3 }), (given) => {
      const state = stateAfter(wholeCharacters, Uint8Array.from(given));
      if (state === cannotFollow) return;
      expect(
        Array.from({ length: 256 }, (_, byte) => stateAfter(state, Uint8Array.of(byte))).some((next) => next >= 0),
      ).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
