/** @file The most probable next words of a text: a best-first search over the tokens that spell them. */
import { endId } from "../../tokenizers/specialTokens.js";
import { branchRows } from "./branchReader.js";
import type { MixedModels, MixedState } from "./mixedModels.js";
import { Spelling } from "./spelling.js";
import { unitEnd, unitKind } from "./textUnits.js";

/** A continuation: a word, marks or newlines, with the spaces before. */
export type Suggestion = {
  text: string;
  /** That the text goes on with exactly this unit: 0 … 1. */
  probability: number;
};

export type SearchOptions = {
  count: number;
  temperature: number;
  /** What the tokens after the text that was read begin with: the continuations are what follows it. */
  prefix: string;
};

/** A continuation whose unit may go on. */
type Open = { state: MixedState; path: readonly number[]; text: string; probability: number };

/** Continuations that are less probable are not searched. */
const floor = 1e-6;
/** The most texts that are read for one list. */
const maxRead = 256;

/**
 * The most probable continuations of a text, most probable first; none if no token fits the prefix. A probability lacks the parts below 10⁻⁶.
 * @param start the state after the text
 * @param context the last ids of the text, from which the spaces before a word follow
 */
export function likeliestUnits(
  models: MixedModels,
  start: MixedState,
  context: readonly number[],
  { count, temperature, prefix }: SearchOptions,
): Suggestion[] {
  const search = new UnitSearch(new Spelling(models.tokenizer, context), prefix, count);
  search.expand({ path: [], text: "", probability: 1 }, start, models.probabilities(start, temperature));
  for (let read = 0; read < maxRead;) {
    const batch = search.nextOpen(branchRows);
    if (batch.length === 0) break;
    read += batch.length;
    const states = models.read(batch.map(({ state, path }) => ({ state, token: path.at(-1)! })));
    for (const [row, open] of batch.entries())
      search.expand(open, states[row]!, models.probabilities(states[row]!, temperature));
  }
  return search.found();
}

class UnitSearch {
  private readonly complete = new Map<string, number>();
  private open: Open[] = [];
  private covered = 0; // the probability of all continuations that begin with the prefix

  constructor(
    private readonly spelling: Spelling,
    private readonly prefix: string,
    private readonly count: number,
  ) {}

  /** Takes the most probable open continuations which may still be among the results. */
  nextOpen(most: number): Open[] {
    const least = Math.max(floor, this.completeAt(this.count));
    this.open = this.open
      .filter(({ probability }) => probability > least)
      .toSorted((one, other) => other.probability - one.probability);
    return this.open.splice(0, most);
  }

  found(): Suggestion[] {
    const scale = this.prefix === "" ? 1 : this.covered;
    return [...this.complete]
      .map(([text, probability]) => ({ text, probability: Math.min(1, probability / scale) }))
      .toSorted((one, other) => other.probability - one.probability)
      .slice(0, this.count);
  }

  /** Follows a continuation with every token. @param next [vocabulary], the probabilities after it */
  expand({ path, text, probability }: Omit<Open, "state">, state: MixedState, next: Float64Array): void {
    const { prefix, spelling } = this;
    const rest = text.slice(prefix.length);
    const begun = text.length < prefix.length ? null : unitKind(rest);
    // what is less probable than the results is not among them; before the end of the prefix all of it counts
    const least = begun === null && prefix !== "" ? floor : Math.max(floor, this.completeAt(this.count));
    let ends = 0; // the probability that the unit of the continuation ends here
    const children: { id: number; joint: number }[] = [];
    for (let id = 0; id < next.length; id++) {
      if (next[id] === 0) continue;
      if (begun !== null && (id === endId || spelling.endsUnit(id, begun))) ends += next[id]!;
      else if (id !== endId && probability * next[id]! > least) children.push({ id, joint: probability * next[id]! });
    }
    if (ends > 0) this.add(rest, probability * ends);
    for (const { id, joint } of spelling.promising(children, prefix, text, this.count)) {
      const longer = spelling.after(path, text, id);
      if (longer !== null) this.follow({ state, path: [...path, id], text: longer, probability: joint }, text);
    }
  }

  private follow(child: Open, before: string): void {
    const { prefix, spelling } = this;
    const { text, probability } = child;
    if (text.length < prefix.length) {
      if (prefix.startsWith(text)) this.open.push(child);
      return;
    }
    if (!text.startsWith(prefix)) return;
    if (before.length < prefix.length) this.covered += probability;
    const rest = text.slice(prefix.length);
    const end = spelling.wholeWords && unitKind(rest) !== null ? rest.length : unitEnd(rest);
    if (end === -1) this.open.push(child);
    else this.add(rest.slice(0, end), probability);
  }

  private add(text: string, probability: number): void {
    this.complete.set(text, (this.complete.get(text) ?? 0) + probability);
  }

  /** The probability of the complete continuation of a rank from 1; 0 if there are fewer. */
  private completeAt(rank: number): number {
    return [...this.complete.values()].toSorted((one, other) => other - one)[rank - 1] ?? 0;
  }
}
