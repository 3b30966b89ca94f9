/** @file Encodes text as ids and decodes ids: each character is a token. */

import { normalizer } from "./normalized.mjs";

/** @param text from vocabulary.json: `tokens` in the order of their ids; id 0 is the unknown token, 1 the end of a text */
export function codec({ text }) {
  const { tokens } = text;
  const normalized = normalizer(text);
  const ids = new Map(tokens.slice(2).map((token, index) => [token, index + 2]));
  return {
    encode: (given) => Array.from(normalized(given), (character) => ids.get(character) ?? 0),
    decode: (generated) => generated.map((id) => (id === 1 ? "" : tokens[id])).join(""),
  };
}
