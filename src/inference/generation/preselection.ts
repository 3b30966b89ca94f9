/**
 * @file Top-k over a vocabulary in one pass, without a copy of its logits: what comes before it in a chain changes the logits of few tokens, or none of their
 * order. The other samplers then see k tokens.
 */
import { type Candidates, sink } from "./candidates.js";
import type { DrawContext } from "./sampler.js";
import type { ChosenSampler } from "./samplerChoice.js";

/** A chain that begins with top-k, after samplers of the text's tokens alone. */
export type Preselection = {
  /** Change the logits of tokens of the text. */
  before: readonly ChosenSampler[];
  k: number;
  after: readonly ChosenSampler[];
};

/** Above this number of tokens to keep, a copy and a selection by sums are as fast. */
const largestK = 512;

/** The preselection of a chain, which gives the same candidates; null if it has none. A fixed temperature changes no order, so that it may come later. */
export function preselectionOf(chain: readonly ChosenSampler[]): Preselection | null {
  const first = chain.findIndex(({ name }) => name === "topK");
  const k = chain[first]?.values["topK"];
  if (k === undefined || k > largestK) return null;
  const isFixed = ({ name, values }: ChosenSampler): boolean =>
    name === "temperature" && values["temperature"]! > 0 && !(values["dynatempRange"]! > 0);
  const early = chain.slice(0, first);
  if (!early.every((one) => one.sampler.onlyTokensOfText || isFixed(one))) return null;
  const before = early.filter(({ sampler }) => sampler.onlyTokensOfText);
  if (before.some((one, index) => early[index] !== one)) return null; // the temperature scales logits that they change
  return { before, k, after: [...early.slice(before.length), ...chain.slice(first + 1)] };
}

/** In place of a logit that does not count; logits are finite, so that it is below all others. */
const masked = -3.402_823_466_385_288_6e38;

/**
 * Sets the candidates to the k tokens of the highest logits after the first samplers; of equal ones, those of lower ids.
 * @param logits [vocabulary]; changed meanwhile, and restored
 * @param banned ids that do not count
 * @returns the index of a logit that is not finite; -1 if all are
 */
export function preselect(
  { before, k }: Preselection,
  logits: Float32Array,
  candidates: Candidates,
  { banned, context }: { banned: Int32Array; context: DrawContext },
): number {
  const { text } = context;
  const values = candidates.logits;
  const hidden: number[] = [];
  const originals: number[] = [];
  const hide = (id: number): void => {
    hidden.push(id);
    originals.push(logits[id]!);
    logits[id] = masked;
  };
  for (let index = 0; index < text.length; index++) values[text[index]!] = logits[text[index]!]!;
  for (const { sampler, values: numbers } of before) sampler.apply(candidates, numbers, context);
  for (const id of banned) hide(id);
  const allowedFrom = hidden.length;
  if (before.length > 0)
    for (let index = 0; index < text.length; index++) {
      const id = text[index]!;
      if (logits[id] !== masked && values[id] !== logits[id]) hide(id);
    }
  const strange = selectInto(candidates, logits, k);
  for (let index = allowedFrom; index < hidden.length; index++) insert(candidates, k, hidden[index]!);
  for (let index = 0; index < hidden.length; index++) logits[hidden[index]!] = originals[index]!;
  return strange;
}

/** Keeps the k highest logits that are not masked, as a heap whose root is the last of them. @returns the index of a logit that is not finite, or -1 */
function selectInto(candidates: Candidates, logits: Float32Array, k: number): number {
  const { ids, logits: keys } = candidates;
  const { length } = logits;
  let count = 0;
  let id = 0;
  for (; id < length && count < k; id++) {
    const logit = logits[id]!;
    if (logit - logit !== 0) return id;
    if (logit === masked) continue;
    keys[id] = logit;
    ids[count++] = id;
  }
  for (let root = (count >> 1) - 1; root >= 0; root--) sink(ids, count, root, keys);
  candidates.count = count;
  let smallest = count > 0 ? keys[ids[0]!]! : 0;
  while (id < length) {
    id = nextAbove(logits, smallest, id);
    if (id === length) break;
    const logit = logits[id]!;
    if (logit - logit !== 0) return id;
    keys[id] = logit;
    ids[0] = id;
    sink(ids, count, 0, keys);
    smallest = keys[ids[0]]!;
    id++;
  }
  return -1;
}

/** The next index of a logit that is larger than another one or not finite; the length if there is none. Four at a time, which halves the time. */
function nextAbove(logits: Float32Array, smallest: number, from: number): number {
  const { length } = logits;
  let id = from;
  for (; id + 4 <= length; id += 4) {
    const a = logits[id]!;
    const b = logits[id + 1]!;
    const c = logits[id + 2]!;
    const d = logits[id + 3]!;
    if (!(a <= smallest && b <= smallest && c <= smallest && d <= smallest && a + b + c + d > -Infinity)) break;
  }
  while (id < length && logits[id]! <= smallest && logits[id]! > -Infinity) id++;
  return id;
}

/** Adds a token, whose logit is set, to the heap; if it is full, in place of its last one. */
function insert(candidates: Candidates, k: number, id: number): void {
  const { ids, count, logits: keys } = candidates;
  if (count < k) {
    ids[count] = id;
    candidates.count++;
    for (let root = (candidates.count >> 1) - 1; root >= 0; root--) sink(ids, candidates.count, root, keys);
    return;
  }
  const last = ids[0]!;
  if (keys[id]! < keys[last]! || (keys[id] === keys[last] && id > last)) return;
  ids[0] = id;
  sink(ids, k, 0, keys);
}
