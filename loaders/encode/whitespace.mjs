/** @file Encodes text as ids and decodes ids: tokens are newlines and the text between white space. */

import { normalizer } from "./normalized.mjs";

/** @param text from vocabulary.json: `tokens` in the order of their ids; id 0 is the unknown token, 1 the end of a text */
export function codec({ text }) {
  const { tokens, cut } = text;
  const normalized = normalizer(text);
  const ids = new Map(tokens.slice(2).map((token, index) => [token, index + 2]));
  const pieces = new RegExp(cut, "gu");
  const isToken = (piece) => piece === "\n" || piece.trim() !== "";
  return {
    encode: (given) => (normalized(given).match(pieces) ?? []).filter(isToken).map((piece) => ids.get(piece) ?? 0),
    /** Puts one space between tokens, and none before or after a newline. */
    decode: (generated) => {
      let space = "";
      return generated
        .map((id) => {
          const token = id === 1 ? "" : tokens[id];
          const before = token === "\n" || token === "" ? "" : space;
          space = token === "\n" || token === "" ? "" : " ";
          return before + token;
        })
        .join("");
    },
  };
}
