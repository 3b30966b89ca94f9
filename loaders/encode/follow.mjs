/** @file Which ids may follow in a generated text: tokens that are bytes must make whole characters of UTF-8. */

const firstByte = 2;
/** The bytes that may follow in each state, and the state after them: [from, to, next]. State 0 is between two characters. */
const steps = [
  [
    [0x00, 0x7f, 0],
    [0xc2, 0xdf, 1],
    [0xe0, 0xe0, 4],
    [0xe1, 0xec, 2],
    [0xed, 0xed, 5],
    [0xee, 0xef, 2],
    [0xf0, 0xf0, 6],
    [0xf1, 0xf3, 3],
    [0xf4, 0xf4, 7],
  ],
  [[0x80, 0xbf, 0]],
  [[0x80, 0xbf, 1]],
  [[0x80, 0xbf, 2]],
  [[0xa0, 0xbf, 1]], // no longer form than needed
  [[0x80, 0x9f, 1]], // no surrogates
  [[0x90, 0xbf, 2]],
  [[0x80, 0x8f, 2]], // nothing above U+10FFFF
];

/**
 * @param text from vocabulary.json: with `merges` tokens are bytes, else any may follow any
 * @returns next: the state after an id, -1 for an id that cannot follow; excluded: the ids that cannot follow in a state
 */
export function follower({ text: { merges } }) {
  if (!merges) return { next: () => 0, excluded: () => [] };
  const bytes = [[], []]; // the special tokens have none
  for (let byte = 0; byte < 256; byte++) bytes.push([byte]);
  for (let index = 0; index < merges.length; index += 2) {
    const [left, right] = merges.slice(index, index + 2);
    bytes.push([...bytes[left], ...bytes[right]]);
  }
  const after = (state, byte) => (steps[state]?.find(([from, to]) => byte >= from && byte <= to) ?? [0, 0, -1])[2];
  const next = (state, id) => (id < firstByte && state !== 0 ? -1 : bytes[id].reduce(after, state));
  const known = new Map();
  const excluded = (state) => {
    if (!known.has(state))
      known.set(
        state,
        [...bytes.keys()].filter((id) => next(state, id) === -1),
      );
    return known.get(state);
  };
  return { next, excluded };
}
