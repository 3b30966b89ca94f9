/** @file Samplers that depend on the text so far. The first ones change logits; `noRepeatNgram` removes tokens. */
import { type Candidates, keepWhere } from "./candidates.js";

export type Penalties = {
  /** Divides positive logits and multiplies others; 1 changes nothing. */
  repeat: number;
  /** Is subtracted once. */
  presence: number;
  /** Is subtracted for each occurrence. */
  frequency: number;
  /** The number of last tokens that count; −1 for all. */
  lastN: number;
};

/** Lowers the logits of the tokens among the last ones: the repetition penalty of Keskar et al. 2019, and the presence and frequency penalties of OpenAI's API. */
export function penalize({ logits }: Candidates, text: readonly number[], penalties: Penalties): void {
  const { repeat, presence, frequency, lastN } = penalties;
  const first = firstOf(text, lastN);
  const counts = countsFor(logits.length);
  for (let index = first; index < text.length; index++) counts[text[index]!]!++;
  for (let index = first; index < text.length; index++) {
    const id = text[index]!;
    const count = counts[id]!;
    if (count === 0) continue; // done before
    counts[id] = 0;
    const logit = logits[id]!;
    logits[id] = (logit > 0 ? logit / repeat : logit * repeat) - count * frequency - presence;
  }
}

let memory = new Int32Array();

/** Zeros for each token id; every user leaves zeros. */
function countsFor(vocabulary: number): Int32Array {
  if (memory.length < vocabulary) memory = new Int32Array(vocabulary);
  return memory;
}

const firstOf = (text: readonly number[], lastN: number): number => (lastN < 0 ? 0 : Math.max(0, text.length - lastN));

export type Dry = {
  multiplier: number;
  base: number;
  /** The longest repetition without a penalty, in tokens. */
  allowedLength: number;
  /** The number of last tokens in which repetitions count; −1 for all. */
  lastN: number;
  /** Tokens, or sequences of tokens, over which no repetition extends. */
  breakers: readonly (readonly number[])[];
};

/** 2 ** 128, above which a number in single precision is infinite. */
const largestFloatLog = 88.722_839_1;

/**
 * DRY ("don't repeat yourself", p-e-w 2024): a token that would continue a repetition of the text's last L ≥ allowedLength tokens loses
 * multiplier · base^(L − allowedLength) of its logit.
 */
export function dry({ logits }: Candidates, text: readonly number[], options: Dry): void {
  const { multiplier, base, allowedLength, lastN, breakers } = options;
  const recent = text.slice(firstOf(text, lastN));
  if (recent.length <= allowedLength) return;
  const limit = sinceBreaker(recent, breakers);
  if (limit < allowedLength) return;
  const largestExponent = base > 1.000_001 ? Math.floor(largestFloatLog / Math.log(base)) : Infinity;
  const longest = countsFor(logits.length);
  for (const id of longestRepeats(recent, longest, { limit, atLeast: allowedLength })) {
    const length = longest[id]! - 1;
    longest[id] = 0;
    if (breakers.some((breaker) => breaker.length === 1 && breaker[0] === id)) continue;
    logits[id]! -= multiplier * base ** Math.min(length - allowedLength, largestExponent);
  }
}

/** The number of tokens after the last breaker; all if there is none. */
function sinceBreaker(text: readonly number[], breakers: Dry["breakers"]): number {
  if (breakers.length === 0) return text.length;
  for (let back = 0; back < text.length; back++) {
    const start = text.length - 1 - back;
    let longest = 0;
    for (const breaker of breakers)
      if (breaker.length > longest && breaker.length <= back + 1 && startsAt(text, breaker, start))
        longest = breaker.length;
    if (longest > 0) return back + 1 - longest;
  }
  return text.length;
}

const startsAt = (text: readonly number[], part: readonly number[], start: number): boolean =>
  part.every((id, index) => text[start + index] === id);

/**
 * The tokens that follow an earlier occurrence of the text's last tokens. The lengths are those of the Z-algorithm (Gusfield 1997) on the reversed text, so that
 * the time is linear.
 * @param longest [vocabulary], zeros: of each of these tokens, the length of the longest such occurrence, up to `limit`, plus 1
 * @param counting shorter occurrences than `atLeast` do not count
 */
function longestRepeats(
  text: readonly number[],
  longest: Int32Array,
  { limit, atLeast }: { limit: number; atLeast: number },
): number[] {
  const { length } = text;
  const found: number[] = [];
  const common = new Int32Array(length); // common[back]: the length of the suffix of text without its last `back` tokens that is a suffix of text
  let left = 0;
  let right = 0; // the occurrence that reaches furthest back, in reversed positions
  for (let back = 1; back < length; back++) {
    let run = back < right ? Math.min(common[back - left]!, right - back) : 0;
    while (back + run < length && text[length - 1 - run] === text[length - 1 - back - run]) run++;
    common[back] = run;
    if (back + run > right) {
      left = back;
      right = back + run;
    }
    const counted = Math.min(run, limit);
    if (counted < atLeast) continue;
    const following = text[length - back]!;
    if (longest[following] === 0) found.push(following);
    if (counted >= longest[following]!) longest[following] = counted + 1;
  }
  return found;
}

/** Removes the tokens that would repeat n tokens of the text. @returns the number of tokens that stay, which may be 0 */
export function noRepeatNgram(candidates: Candidates, text: readonly number[], n: number): number {
  const last = text.length - n + 1; // the start of the text's last n − 1 tokens
  const following = new Set<number>();
  for (let start = 0; start < last; start++) {
    let same = 0;
    while (same < n - 1 && text[start + same] === text[last + same]) same++;
    if (same === n - 1) following.add(text[start + n - 1]!);
  }
  return following.size === 0 ? candidates.count : keepWhere(candidates, (id) => !following.has(id));
}
