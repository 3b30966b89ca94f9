/** @file Texts as ids and back: words with marks apart. Spaces are expected where English has them; only what differs from that takes a token. */

const join = 2; // no space, where one is to be expected
const closing = ".,;:!?…)]}%’”»›°™®©";
const opening = "([{“‘„«‹$£€¥#@¿¡";
const joining = "—/\\";
const quotes = "\"'*_`~|";
const dense = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u;

/** What a token does to the spaces beside it. */
function traitsOf(token) {
  const [first] = token;
  if (first === "\n") return { line: true, tightBefore: true, tightAfter: true };
  if (dense.test(first)) return { dense: true };
  if (/^[\p{L}\p{M}\p{N}]/u.test(first)) return { plain: true };
  return {
    mark: true,
    tightBefore: closing.includes(first) || joining.includes(first),
    tightAfter: opening.includes(first) || joining.includes(first),
    paired: quotes.includes(first), // whether it opens or closes shows in the spaces before it
  };
}

/** Follows a text token by token. */
function spacing(traits) {
  const open = new Set();
  let previous;
  let tight = true; // at a text's beginning, as at a line's
  return {
    expects: (id) => {
      const own = traits[id];
      if (tight || own.tightBefore) return false;
      if (own.plain) return true;
      if (own.mark && id === previous) return false;
      if (own.paired) return !open.has(id);
      return !(own.dense && traits[previous]?.dense);
    },
    advance: (id, spaced) => {
      const { paired, line, tightAfter = false } = traits[id];
      const opens = spaced || (tight && !open.has(id));
      if (paired) open[opens ? "add" : "delete"](id);
      else if (line) open.clear();
      tight = paired ? opens : tightAfter;
      previous = id;
    },
  };
}

/** @param text vocabulary.json's: `tokens` in the order of their ids, of which 0 is any unknown one and 1 the end of a text */
export function codec({ text: { tokens, lowercase, cut } }) {
  const ids = new Map(tokens.slice(2).map((token, at) => [token, at + 2]));
  const pieces = new RegExp(cut, "gu");
  const traits = tokens.map((token, id) => (id < 4 ? { plain: true } : traitsOf(token)));
  const isGap = (piece) => piece.trim() === "" && piece !== "\n";
  /** White space that the vocabulary lacks is encoded character by character. */
  const gapIds = (gap) => (ids.has(gap) ? [ids.get(gap)] : Array.from(gap, (character) => ids.get(character) ?? 0));

  const encode = (text) => {
    const found = [];
    const { expects, advance } = spacing(traits);
    let gap = "";
    for (const piece of (lowercase ? text.toLowerCase() : text).match(pieces) ?? []) {
      if (isGap(piece)) gap = piece;
      else {
        const id = ids.get(piece) ?? 0;
        if (gap === "" && expects(id)) found.push(join);
        if (gap !== "" && !(expects(id) && gap === " ")) found.push(...gapIds(gap));
        advance(id, gap !== "");
        found.push(id);
        gap = "";
      }
    }
    return gap === "" ? found : [...found, ...gapIds(gap)];
  };

  const decode = (written) => {
    let { expects, advance } = spacing(traits);
    let gap; // what the tokens said of it
    let text = "";
    for (const id of written) {
      if (id === 1) {
        ({ expects, advance } = spacing(traits));
        gap = undefined;
      } else if (id === join || isGap(tokens[id])) {
        gap = (gap ?? "") + (id === join ? "" : tokens[id]);
        text += id === join ? "" : tokens[id];
      } else {
        const space = gap === undefined && expects(id);
        advance(id, gap === undefined ? space : gap !== "");
        gap = undefined;
        text += (space ? " " : "") + tokens[id];
      }
    }
    return text;
  };
  return { encode, decode };
}
