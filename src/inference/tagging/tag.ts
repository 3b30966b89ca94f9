/** @file Tags for sentences: one for each word, in their order, in constant memory. */
import { dispose } from "../../engine/tfjs.js";
import { Lexicon } from "../../examples/lexicon.js";
import type { TextModel } from "../../model/model.js";
import { inputsOf } from "../../network/inputs.js";
import type { NetworkState } from "../../network/network.js";
import { argmax, softmax } from "../../network/softmax.js";
import type { Unreadable } from "../../corpus/document.js";
import { answersTo, type ItemOf, type UnreadableOf } from "../batching.js";
import { notFinite } from "../finiteOutputs.js";

export type Tag = { tag: string; probability: number };

/** Words with the most probable tag of each. */
export type TaggedWords = { words: readonly string[]; tags: Tag[] };

/** A sentence with the most probable tag of each word; one whose words are no list is tagged piece by piece, when the pieces are read. */
export type Tagged<Sentence> = { sentence: Sentence; tags: Tag[] };
export type TaggedPieces<Sentence> = { sentence: Sentence; pieces: Iterable<TaggedWords> };

type WordList = { words: readonly string[] };
type WordSource = { words: Iterable<string> };
type TaggedOf<Sentence> = Sentence extends WordList ? Tagged<Sentence> : TaggedPieces<Sentence>;

/** Sentences of one forward pass. */
export const batchSentences = 64;
/** A longer sentence is tagged in windows. */
export const longestWhole = 2048;
/** Words of a window, without its context. */
const windowWords = 1024;
/** Words on each side of a window that are read and not tagged. */
const contextWords = 256;
/** Windows of one forward pass. */
const batchWindows = 8;

/**
 * Tags sentences as they arrive; what could not be read is passed on in its place. Sentences that are available at the same time share a forward
 * pass; none waits for a later one.
 * @param model a tagger
 * @returns each sentence with the most probable tag of each word
 * @throws UserError for a model whose outputs are not numbers
 */
export const tag = <Entry extends WordSource | Unreadable>(
  model: TextModel,
  sentences: AsyncIterable<Entry>,
): AsyncGenerator<TaggedOf<ItemOf<Entry>> | UnreadableOf<Entry>> =>
  answersTo(sentences, batchSentences, (batch) => taggedBatch(model, batch) as Iterable<TaggedOf<ItemOf<Entry>>>);

function* taggedBatch(
  model: TextModel,
  batch: readonly WordSource[],
): Generator<Tagged<WordSource> | TaggedPieces<WordSource>> {
  const tags = tagBatch(
    model,
    batch.filter(isList).map(({ words }) => words),
  )[Symbol.iterator]();
  for (const sentence of batch) {
    if (isList(sentence)) yield { sentence, tags: (tags.next() as IteratorYieldResult<Tag[]>).value };
    else yield { sentence, pieces: tagPieces(model, sentence.words) };
  }
}

const isList = (sentence: WordSource): sentence is WordList => Array.isArray(sentence.words);

/** `tag` for one batch. A sentence's tags do not depend on the other sentences. @param model a tagger */
export function tagBatch(model: TextModel, sentences: readonly (readonly string[])[]): Tag[][] {
  const tags = tagTogether(
    model,
    sentences.map((words) => (words.length > longestWhole ? [] : words)),
  );
  for (const [index, words] of sentences.entries())
    if (words.length > longestWhole) tags[index] = [...tagPieces(model, words)].flatMap((piece) => piece.tags);
  return tags;
}

/**
 * Tags a sentence of any length in constant memory. A sentence of more than 2,048 words is read in pieces: by a network that reads forward only, with the state
 * carried, which is exact; by any other in windows of 1,024 words, with 256 words of context on each side, which is exact but for what a recurrent state
 * keeps over 256 words.
 */
export function* tagPieces(model: TextModel, sentence: Iterable<string>): Generator<TaggedWords> {
  const pieces = piecesOf(sentence, longestWhole);
  const first = pieces.next();
  if (first.done) return;
  const second = pieces.next();
  if (second.done) yield { words: first.value, tags: tagTogether(model, [first.value])[0]! };
  else {
    const all = chain([first.value, second.value], pieces);
    yield* readsForward(model) ? tagCarrying(model, all) : tagWindows(model, all);
  }
}

/** Whether an output depends only on the word and those before it, by states alone. */
const readsForward = ({ network }: TextModel): boolean =>
  network.spec.layers.every(
    (layer) => layer.type !== "convolution" && (layer.type !== "recurrent" || !layer.bidirectional),
  );

function* tagCarrying(model: TextModel, pieces: Iterable<readonly string[]>): Generator<TaggedWords> {
  let state: NetworkState | null = null;
  try {
    for (const words of pieces) {
      const read = forwardPass(model, [words], state);
      dispose(state ?? []);
      state = read.state;
      yield { words, tags: read.tags[0]! };
    }
  } finally {
    dispose(state ?? []);
  }
}

function* tagWindows(model: TextModel, pieces: Iterable<readonly string[]>): Generator<TaggedWords> {
  let before: readonly string[] = [];
  for (const [words, next] of withNext(piecesOf(flat(pieces), batchWindows * windowWords))) {
    const known = [...before, ...words, ...(next ?? []).slice(0, contextWords)];
    const windows = Array.from({ length: Math.ceil(words.length / windowWords) }, (_, index) => {
      const start = before.length + index * windowWords;
      const end = Math.min(start + windowWords, before.length + words.length);
      return { from: Math.max(0, start - contextWords), start, end };
    });
    const tags = tagTogether(
      model,
      windows.map(({ from, end }) => known.slice(from, end + contextWords)),
    );
    yield {
      words,
      tags: windows.flatMap(({ from, start, end }, index) => tags[index]!.slice(start - from, end - from)),
    };
    before = words.slice(-contextWords);
  }
}

/** Each sentence as one row. */
function tagTogether(model: TextModel, sentences: readonly (readonly string[])[]): Tag[][] {
  const tags = sentences.map((): Tag[] => []);
  const order = [...sentences.keys()]
    .filter((index) => sentences[index]!.length > 0)
    .toSorted((left, right) => sentences[right]!.length - sentences[left]!.length);
  if (order.length === 0) return tags;
  const read = forwardPass(
    model,
    order.map((index) => sentences[index]!),
    null,
  );
  dispose(read.state);
  for (const [row, index] of order.entries()) tags[index] = read.tags[row]!;
  return tags;
}

/** @param sentences the longest first @throws UserError for a model whose outputs are not numbers */
function forwardPass(
  model: TextModel,
  sentences: readonly (readonly string[])[],
  carried: NetworkState | null,
): { tags: Tag[][]; state: NetworkState } {
  const { network, labels, tokenizer, spelling } = model;
  const { classes } = network.spec;
  const lexicon = new Lexicon(tokenizer, spelling);
  const rows = sentences.map((words) => words.map((word) => lexicon.numberOf(word)));
  const { logits, state } = network.read(() => inputsOf(lexicon.inputs(rows)), carried); // [time · rows · tags]
  const tags = sentences.map((words, row) =>
    words.map((_, step) => {
      const offset = (step * rows.length + row) * classes;
      const probabilities = softmax(logits.subarray(offset, offset + classes));
      const best = argmax(probabilities);
      if (best === -1) throw notFinite(model, "the probability of a tag is NaN");
      return { tag: labels[best]!, probability: probabilities[best]! };
    }),
  );
  return { tags, state };
}

/** Items in lists of a size, the last one of the rest. */
function* piecesOf<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let piece: Item[] = [];
  for (const item of items) {
    piece.push(item);
    if (piece.length < size) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

function* flat<Item>(lists: Iterable<readonly Item[]>): Generator<Item> {
  for (const list of lists) yield* list;
}

function* chain<Item>(first: Iterable<Item>, rest: Iterable<Item>): Generator<Item> {
  yield* first;
  yield* rest;
}

/** Each item with the one after it, if there is one. */
function* withNext<Item>(items: Iterable<Item>): Generator<[item: Item, next: Item | undefined]> {
  let held: { item: Item } | undefined;
  for (const item of items) {
    if (held) yield [held.item, item];
    held = { item };
  }
  if (held) yield [held.item, undefined];
}
