/** @file Texts as ids and back: tokens are what spaces separate, and newlines. */

/** @param text vocabulary.json's: `tokens` in the order of their ids, of which 0 is any unknown one and 1 the end of a text */
export function codec({ text: { tokens, lowercase, cut } }) {
  const ids = new Map(tokens.slice(2).map((token, at) => [token, at + 2]));
  const pieces = new RegExp(cut, "gu");
  const isToken = (piece) => piece === "\n" || piece.trim() !== "";
  return {
    encode: (text) =>
      ((lowercase ? text.toLowerCase() : text).match(pieces) ?? []).filter(isToken).map((piece) => ids.get(piece) ?? 0),
    /** One space between tokens, and none beside a newline. */
    decode: (written) => {
      let space = "";
      return written
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
