/** @file UTF-8 as a finite automaton, by which a text that is generated in bytes never has half a character. */

/** Between two characters. */
export const wholeCharacters = 0;
/** A byte, or a token, that cannot follow. */
export const cannotFollow = -1;

type Step = [from: number, to: number, next: number];

/** The bytes that may follow in each state: the first byte of a character, then the rest of it. */
const steps: readonly (readonly Step[])[] = [
  [
    [0x00, 0x7f, wholeCharacters],
    [0xc2, 0xdf, 1],
    [0xe0, 0xe0, 4],
    [0xe1, 0xec, 2],
    [0xed, 0xed, 5],
    [0xee, 0xef, 2],
    [0xf0, 0xf0, 6],
    [0xf1, 0xf3, 3],
    [0xf4, 0xf4, 7],
  ],
  [[0x80, 0xbf, wholeCharacters]],
  [[0x80, 0xbf, 1]],
  [[0x80, 0xbf, 2]],
  [[0xa0, 0xbf, 1]], // no longer form than needed
  [[0x80, 0x9f, 1]], // no surrogates
  [[0x90, 0xbf, 2]],
  [[0x80, 0x8f, 2]], // nothing above U+10FFFF
];

/** The state after some bytes, `cannotFollow` if they are not UTF-8 there. */
export function stateAfter(state: number, bytes: Uint8Array): number {
  let current = state;
  for (const byte of bytes) {
    const step = steps[current]!.find(([from, to]) => byte >= from && byte <= to);
    if (!step) return cannotFollow;
    current = step[2];
  }
  return current;
}
