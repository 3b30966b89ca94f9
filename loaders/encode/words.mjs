/** @file Encodes text as ids and decodes ids: words and punctuation. Spaces are implied where English has them; other spacing has tokens. */

import { normalizer } from "./normalized.mjs";

const join = 2; // the token for a missing space
const closing = ".,;:!?…)]}%’”»›°™®©";
const opening = "([{“‘„«‹$£€¥#@¿¡";
const joining = "—/\\";
const quotes = "\"'*_`~|";
const dense = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u;

// Thai, Lao, Khmer, Myanmar, and marks of kana.
const cluster =
  /^[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u19E0-\u19FF\uA9E0-\uA9FF\uAA60-\uAA7F\u3006\u3031-\u3035\u303C\u30FC\uFF70\uFF9E\uFF9F]/u;

/** The effect of a token on the spaces around it. */
function traitsOf(token, clusters) {
  const [first] = token;
  if (first === "\n") return { line: true, tightBefore: true, tightAfter: true };
  if (dense.test(first) || (clusters && cluster.test(first))) return { dense: true };
  if (/^[\p{L}\p{M}\p{N}]/u.test(first)) return { plain: true };
  return {
    mark: true,
    tightBefore: closing.includes(first) || joining.includes(first),
    tightAfter: opening.includes(first) || joining.includes(first),
    paired: quotes.includes(first), // a space before it means that it opens
  };
}

/** Tracks where a space is expected, token by token. */
function spacing(traits) {
  const open = new Set();
  let previous;
  let tight = true; // no space at the start of a text or a line
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

/** @param text from vocabulary.json: `tokens` in the order of their ids; id 0 is the unknown token, 1 the end of a text */
export function codec({ text: settings }) {
  const { tokens, cut, clusters = false } = settings;
  const normalized = normalizer(settings);
  const ids = new Map(tokens.slice(2).map((token, index) => [token, index + 2]));
  const pieces = new RegExp(cut, "gu");
  const traits = tokens.map((token, id) => (id < 4 ? { plain: true } : traitsOf(token, clusters)));
  const isGap = (piece) => piece.trim() === "" && piece !== "\n";
  /** White space that is not in the vocabulary is encoded character by character. */
  const gapIds = (gap) => (ids.has(gap) ? [ids.get(gap)] : Array.from(gap, (character) => ids.get(character) ?? 0));

  const encode = (text) => {
    const found = [];
    const { expects, advance } = spacing(traits);
    let gap = "";
    for (const piece of normalized(text).match(pieces) ?? []) {
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

  const decode = (generated) => {
    let { expects, advance } = spacing(traits);
    let gap; // white space from tokens; undefined without such tokens
    let text = "";
    for (const id of generated) {
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
