/** @file Texts as ids and back: each character is a token. */

/** @param text vocabulary.json's: `tokens` in the order of their ids, of which 0 is any unknown one and 1 the end of a text */
export function codec({ text: { tokens, lowercase } }) {
  const ids = new Map(tokens.slice(2).map((token, at) => [token, at + 2]));
  return {
    encode: (text) => Array.from(lowercase ? text.toLowerCase() : text, (character) => ids.get(character) ?? 0),
    decode: (written) => written.map((id) => (id === 1 ? "" : tokens[id])).join(""),
  };
}
