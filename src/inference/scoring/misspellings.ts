/** @file Spell checking: words for which another spelling makes the whole line more probable. */
import type { Unreadable } from "../../corpus/document.js";
import type { TextModel } from "../../model/model.js";
import { tokenizerDefinition } from "../../tokenizers/index.js";
import { unknownId } from "../../tokenizers/specialTokens.js";
import { answersTo, type UnreadableOf } from "../batching.js";
import { type CandidateSpellings, candidateSpellings, type Word, wordsOf } from "./candidateSpellings.js";
import { type Change, lineReader } from "./lineReader.js";
import { lineTokens } from "./scoreLines.js";

/** A spelling and the nats by which it raises the line's log probability. */
export type Suggestion = { text: string; nats: number };

/** A word, and the spellings that make its line more probable, best first. */
export type Misspelling = Word & { suggestions: Suggestion[] };

export type CheckedLine = { text: string; misspellings: Misspelling[] };

export type SpellingOptions = {
  /** Nats by which another spelling must raise the line's log probability; a higher threshold finds fewer words. By default 8. */
  threshold?: number;
};

/** A spelling this many nats behind the best is not suggested: it is a hundredth as probable. */
const suggestionMargin = Math.log(100);
const maxSuggestions = 5;
/** Nats for each letter of an unknown word, as if all letters of the alphabet were equally probable. */
const natsOfLetter = Math.log(26);

/**
 * Checks each line on its own; what could not be read is passed on in its place. A word is a misspelling if another spelling raises the line's log probability by more than the
 * threshold: log P(line with the spelling) - log P(line) > threshold, both by the chain rule over the word and some tokens after it. In the
 * noisy channel model (Shannon 1948; Kernighan, Church & Gale 1990) the threshold is -log of the probability of a misspelling. Words of more than
 * 64 letters are not checked. A line of more than 2,048 characters is checked in windows of 1,024, each after the 512 characters before it: an
 * approximation, because the network reads no more of the line.
 * @param model a generator
 */
export const findMisspellings = <Line extends string | Unreadable>(
  model: TextModel,
  lines: AsyncIterable<Line>,
  options: SpellingOptions = {},
): AsyncGenerator<CheckedLine | UnreadableOf<Line>> => {
  const check = lineChecker(model, options);
  return answersTo(lines, 1, (texts) => texts.map((text) => check(text)));
};

function lineChecker(model: TextModel, { threshold = 8 }: SpellingOptions): (text: string) => CheckedLine {
  const candidatesOf = candidateSpellings[tokenizerDefinition(model.tokenizer.kind).spellCheck.candidates](
    model.tokenizer,
  );
  return (text) => ({ text, misspellings: misspellingsOfLine(model, text, candidatesOf, threshold) });
}

/** A line of more code units is checked in windows, so that the time is proportional to its length. */
const longestWhole = 2048;
/** Code units of a window, and those before and after it that are read as context. */
const window = { size: 1024, before: 512, after: 256 };
/** Words of more letters are not checked: every letter has some fifty edits. */
const longestWord = 64;

function misspellingsOfLine(
  model: TextModel,
  text: string,
  candidatesOf: CandidateSpellings,
  threshold: number,
): Misspelling[] {
  if (text.length <= longestWhole) return misspellingsIn(model, text, () => true, candidatesOf, threshold);
  const found: Misspelling[] = [];
  for (let start = 0; start < text.length; start += window.size) {
    const from = Math.max(0, start - window.before);
    const isInside = (word: Word): boolean => word.start >= start - from && word.start < start - from + window.size;
    const part = text.slice(from, start + window.size + window.after);
    for (const misspelling of misspellingsIn(model, part, isInside, candidatesOf, threshold))
      found.push({ ...misspelling, start: from + misspelling.start });
  }
  return found;
}

/** A word's other spelling, as a change of the line's tokens. */
type Candidate = Change & {
  word: Word;
  spelling: string;
  /** The position after the line's own tokens that the spelling replaces. */
  end: number;
  /** The position after the line's own tokens that are scored, which include some after the word. */
  scoredEnd: number;
};

/** @param isChecked the words that are checked, by their places in the text */
function misspellingsIn(
  model: TextModel,
  text: string,
  isChecked: (word: Word) => boolean,
  candidatesOf: CandidateSpellings,
  threshold: number,
): Misspelling[] {
  const { ids } = lineTokens(model, text);
  const { afterwards, tried } = tokenizerDefinition(model.tokenizer.kind).spellCheck;
  const words = wordsOf(text).filter((word) => word.text.length <= longestWord && isChecked(word));
  const candidates = words.flatMap((word) => candidatesIn(model, text, ids, word, candidatesOf(word.text)));
  if (candidates.length === 0) return [];
  const reader = lineReader(model, ids);
  try {
    const byPosition = groupBy(candidates, ({ position }) => position);
    const logProbabilities = reader.logProbabilitiesAt(
      ids.map((id, position) => [id, ...(byPosition.get(position) ?? []).map((candidate) => candidate.ids[0]!)]),
    );
    /** Log probability of each candidate's first token. */
    const first = new Map(
      [...byPosition].flatMap(([position, group]) =>
        group.map((candidate, index) => [candidate, logProbabilities[position]![index + 1]!]),
      ),
    );
    /** Log probability of the line's own tokens; an unknown token also counts its letters. */
    const own = ({ position, end, word }: Candidate, until: number): number =>
      logProbabilities.slice(position, until).reduce((sum, [logProbability]) => sum + logProbability!, 0) -
      (ids.slice(position, end).includes(unknownId) ? word.text.length * natsOfLetter : 0);

    const scored = [...groupBy(candidates, ({ word }) => word).values()].flatMap((group) =>
      group
        .map((candidate) => ({ candidate, estimate: first.get(candidate)! - own(candidate, candidate.end) }))
        .filter(({ estimate }) => estimate > threshold - afterwards)
        .toSorted((left, right) => right.estimate - left.estimate)
        .slice(0, tried)
        .map(({ candidate }) => candidate),
    );
    const rests = reader.restLogProbabilities(scored);
    const gains = scored.map((candidate, index) => ({
      candidate,
      nats: first.get(candidate)! + rests[index]! - own(candidate, candidate.scoredEnd),
    }));
    const better = gains.filter(({ nats }) => nats > threshold).toSorted((left, right) => right.nats - left.nats);
    return [...groupBy(better, ({ candidate }) => candidate.word)]
      .map(([word, group]) => ({
        ...word,
        suggestions: group
          .filter(({ nats }) => nats > group[0]!.nats - suggestionMargin)
          .slice(0, maxSuggestions)
          .map(({ candidate: { spelling }, nats }) => ({ text: spelling, nats })),
      }))
      .toSorted((left, right) => left.start - right.start);
  } finally {
    reader.dispose();
  }
}

/** The other spellings of a word that the tokenizer can encode without the unknown token. */
function candidatesIn(
  model: TextModel,
  text: string,
  ids: readonly number[],
  word: Word,
  spellings: readonly string[],
): Candidate[] {
  const { following } = tokenizerDefinition(model.tokenizer.kind).spellCheck;
  return spellings.flatMap((spelling) => {
    const changedText = text.slice(0, word.start) + spelling + text.slice(word.start + word.text.length);
    const changedIds = lineTokens(model, changedText).ids;
    const position = commonPrefix(ids, changedIds);
    const suffix = commonSuffix(ids, changedIds, position);
    const [end, changedEnd] = [ids.length - suffix, changedIds.length - suffix];
    if (changedIds.slice(position, changedEnd).includes(unknownId)) return [];
    const replacement = changedIds.slice(position, changedEnd + following);
    if (replacement.length === 0) return []; // only letter case changed, which the tokenizer ignores
    return [{ position, ids: replacement, end, scoredEnd: end + following, word, spelling }];
  });
}

/** Number of first tokens that are the same. */
function commonPrefix(left: readonly number[], right: readonly number[]): number {
  const shorter = Math.min(left.length, right.length);
  let count = 0;
  while (count < shorter && left[count] === right[count]) count++;
  return count;
}

/** Number of last tokens that are the same, after the common prefix. */
function commonSuffix(left: readonly number[], right: readonly number[], prefix: number): number {
  const shorter = Math.min(left.length, right.length) - prefix;
  let count = 0;
  while (count < shorter && left.at(-1 - count) === right.at(-1 - count)) count++;
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
