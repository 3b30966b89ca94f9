/** @file Spell checking: words in whose place another spelling makes the whole line likelier. */
import type { TextModel } from "../../model/model.js";
import { unknownId } from "../../tokenizers/specialTokens.js";
import { tokenizerDefinition } from "../../tokenizers/index.js";
import { type Change, lineReader } from "./lineReader.js";
import { sequenceOf } from "./sequence.js";
import { spellings, type Spellings, type Word, wordsOf } from "./spellings.js";

/** What a network would have written, and by how many nats it makes the line likelier. */
export type Suggestion = { text: string; nats: number };

/** A word and what fits better, best first. */
export type Suspect = Word & { suggestions: Suggestion[] };

export type CheckedLine = { text: string; suspects: Suspect[] };

/** A spelling that gains less than the best by so much is not suggested: it is a hundredth as likely. */
const farFromBest = Math.log(100);
const mostSuggestions = 5;
/** How improbable each letter of an unknown word is, as if it were any of the alphabet. */
const natsOfLetter = Math.log(26);

/**
 * Checks lines as they come, each on its own. A word is suspect where the line with another spelling is likelier by more than the threshold:
 * log P(line with the spelling) - log P(line) > threshold, both by the chain rule over the word and some tokens behind it.
 * Seen as a noisy channel (Shannon 1948; Kernighan, Church & Gale 1990), the threshold is -log of how often a slip happens.
 * @param threshold nats
 */
export async function* suspectsIn(
  model: TextModel,
  lines: AsyncIterable<string>,
  { threshold }: { threshold: number },
): AsyncGenerator<CheckedLine> {
  const spell = spellings[tokenizerDefinition(model.tokenizer.kind).spellCheck.candidates](model.tokenizer);
  for await (const text of lines) yield { text, suspects: suspectsOf(model, text, spell, threshold) };
}

/** A spelling in a word's place. */
type Proposal = Change & {
  word: Word;
  spelling: string;
  /** The line's own tokens that it stands for end here; and here those after them that are read too. */
  end: number;
  read: number;
};

function suspectsOf(model: TextModel, text: string, spell: Spellings, threshold: number): Suspect[] {
  const { ids } = sequenceOf(model, text);
  const { afterwards, tried: mostTried } = tokenizerDefinition(model.tokenizer.kind).spellCheck;
  const proposals = proposalsFor(model, text, ids, spell);
  if (proposals.length === 0) return [];
  const reader = lineReader(model, ids);
  try {
    const beginning = groupBy(proposals, ({ place }) => place);
    const logs = reader.places(
      ids.map((id, place) => [id, ...(beginning.get(place) ?? []).map((proposal) => proposal.ids[0]!)]),
    );
    const firstOf = new Map(
      [...beginning].flatMap(([place, some]) => some.map((proposal, index) => [proposal, logs[place]![index + 1]!])),
    );
    /** log P of the line's own tokens; an unknown one is all the less probable for being spelt as it is. */
    const own = ({ place, end, word }: Proposal, until: number): number =>
      logs.slice(place, until).reduce((sum, [log]) => sum + log!, 0) -
      (ids.slice(place, end).includes(unknownId) ? word.text.length * natsOfLetter : 0);
    const promise = (proposal: Proposal): number => firstOf.get(proposal)! - own(proposal, proposal.end);

    const tried = [...groupBy(proposals, ({ word }) => word).values()].flatMap((some) =>
      some
        .map((proposal) => ({ proposal, promise: promise(proposal) }))
        .filter((one) => one.promise > threshold - afterwards)
        .toSorted((left, right) => right.promise - left.promise)
        .slice(0, mostTried)
        .map(({ proposal }) => proposal),
    );
    const rests = reader.rests(tried);
    const gains = tried.map((proposal, index) => ({
      proposal,
      nats: firstOf.get(proposal)! + rests[index]! - own(proposal, proposal.read),
    }));
    const better = gains.filter(({ nats }) => nats > threshold).toSorted((left, right) => right.nats - left.nats);
    return [...groupBy(better, ({ proposal }) => proposal.word)]
      .map(([word, some]) => ({
        ...word,
        suggestions: some
          .filter(({ nats }) => nats > some[0]!.nats - farFromBest)
          .slice(0, mostSuggestions)
          .map(({ proposal: { spelling }, nats }) => ({ text: spelling, nats })),
      }))
      .toSorted((left, right) => left.start - right.start);
  } finally {
    reader.dispose();
  }
}

/** Every other spelling of each word that the tokenizer knows how to write. */
function proposalsFor(model: TextModel, text: string, ids: readonly number[], spell: Spellings): Proposal[] {
  const { following } = tokenizerDefinition(model.tokenizer.kind).spellCheck;
  return wordsOf(text).flatMap((word) =>
    spell(word.text).flatMap((spelling) => {
      const changed = text.slice(0, word.start) + spelling + text.slice(word.start + word.text.length);
      const others = sequenceOf(model, changed).ids;
      const place = commonStart(ids, others);
      const same = commonEnd(ids, others, place);
      const [end, otherEnd] = [ids.length - same, others.length - same];
      if (others.slice(place, otherEnd).includes(unknownId)) return [];
      const proposal = { place, ids: others.slice(place, otherEnd + following), end, read: end + following };
      return proposal.ids.length === 0 ? [] : [{ ...proposal, word, spelling }]; // nothing changed but capitals that are not seen
    }),
  );
}

function commonStart(left: readonly number[], right: readonly number[]): number {
  const most = Math.min(left.length, right.length);
  let count = 0;
  while (count < most && left[count] === right[count]) count++;
  return count;
}

/** How many of the last tokens are the same, behind `start`. */
function commonEnd(left: readonly number[], right: readonly number[], start: number): number {
  const most = Math.min(left.length, right.length) - start;
  let count = 0;
  while (count < most && left.at(-1 - count) === right.at(-1 - count)) count++;
  return count;
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
