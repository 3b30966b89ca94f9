/** @file Encodes text as ids and decodes ids: each character is a token. */

/** @param text from vocabulary.json: `tokens` in the order of their ids; id 0 is the unknown token, 1 the end of a text */
export function codec({ text: { tokens, lowercase } }) {
  const ids = new Map(tokens.slice(2).map((token, index) => [token, index + 2]));
  return {
    encode: (text) => Array.from(lowercase ? text.toLowerCase() : text, (character) => ids.get(character) ?? 0),
    decode: (generated) => generated.map((id) => (id === 1 ? "" : tokens[id])).join(""),
  };
}
