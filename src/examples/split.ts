/** @file The first thing that happens to a corpus: what the network learns from, what it is steered by, and what it is judged by. */
import { UserError } from "../common/errors.js";
import { randomStream, shuffle } from "../common/random.js";
import type { Corpus, Document } from "../corpus/document.js";

export const parts = ["training", "validation", "test"] as const;
export type Part = (typeof parts)[number];

/** Shares of the corpus, each 0 … 1; training has the rest. */
export type Shares = { validation: number; test: number };

/** A document, or a piece of the stream, and where it belongs. `whole`: a text of its own, not a piece. */
export type Assigned = Document & { part: Part; whole: boolean };

/** What has to be known of a corpus before it can be split. */
export type Extent = { documents: number; characters: number; labels: string[] };

export async function measure(corpus: Corpus): Promise<Extent> {
  const labels = new Set<string>();
  let documents = 0;
  let characters = 0;
  for await (const { text, label, tags = [] } of corpus.read()) {
    documents++;
    characters += text.length;
    if (label !== undefined) labels.add(label);
    for (const tag of tags) labels.add(tag);
  }
  return { documents, characters, labels: [...labels].toSorted() };
}

/**
 * Documents are drawn by chance from the seed; windows into a series stay in its order; a stream is cut at the ends of lines, the test part last: never by windows, whose neighbours overlap.
 */
export function split(corpus: Corpus, extent: Extent, shares: Shares, seed: number): AsyncIterable<Assigned> {
  if (corpus.shape === "stream") return splitStream(corpus, extent, shares);
  if (corpus.overlap !== undefined) return splitSeries(corpus, extent, shares, corpus.overlap);
  return splitDocuments(corpus, extent, shares, seed);
}

/** In time: training, validation, test. Between two parts as many windows are left out as share rows with the part that follows. */
async function* splitSeries(
  corpus: Corpus,
  { documents }: Extent,
  shares: Shares,
  overlap: number,
): AsyncGenerator<Assigned> {
  const gaps = [shares.validation, shares.test].filter((share) => share > 0).length;
  const used = documents - gaps * overlap;
  const sizes = { validation: Math.round(used * shares.validation), test: Math.round(used * shares.test) };
  if (used - sizes.validation - sizes.test < 1) {
    throw new UserError(
      `${corpus.name} makes ${documents} windows, too few for parts that share no row, with ${overlap} left out between two: ` +
        "choose a smaller --window, or no --validation and --test (0)",
    );
  }
  const testBegin = documents - sizes.test;
  const validationEnd = shares.test > 0 ? testBegin - overlap : documents;
  const validationBegin = validationEnd - sizes.validation;
  const trainingEnd = shares.validation > 0 ? validationBegin - overlap : validationEnd;
  let index = 0;
  for await (const document of corpus.read()) {
    const place = index++;
    if (place < trainingEnd) yield { ...document, part: "training", whole: true };
    else if (place >= testBegin) yield { ...document, part: "test", whole: true };
    else if (place >= validationBegin && place < validationEnd) yield { ...document, part: "validation", whole: true };
  }
}

async function* splitDocuments(
  corpus: Corpus,
  { documents }: Extent,
  shares: Shares,
  seed: number,
): AsyncGenerator<Assigned> {
  const order = shuffle(
    new Uint32Array(documents).map((_, index) => index),
    randomStream(seed, "split"),
  );
  const tests = Math.round(documents * shares.test);
  const validations = Math.round(documents * shares.validation);
  const assigned = new Uint8Array(documents); // indices of `parts`
  assigned.forEach((_, rank) => (assigned[order[rank]!] = rank < tests ? 2 : rank < tests + validations ? 1 : 0));
  let index = 0;
  for await (const document of corpus.read()) yield { ...document, part: parts[assigned[index++]!]!, whole: true };
}

/** What is kept back of a stream is at most so long: enough to judge by, and quickly read. */
const mostKeptBack = 250_000;

async function* splitStream(corpus: Corpus, { characters }: Extent, shares: Shares): AsyncGenerator<Assigned> {
  const kept = (share: number): number => Math.min(mostKeptBack, Math.round(characters * share));
  const [validation, test] = [kept(shares.validation), kept(shares.test)];
  const ends = [characters - validation - test, characters - test, Infinity];
  const reach = Math.min(longestReach, reachShare * Math.min(validation || Infinity, test || Infinity));
  let part = 0;
  let read = 0;
  for await (const { text } of corpus.read()) {
    let rest = text;
    while (rest !== "") {
      const piece =
        read + rest.length <= ends[part]! ? rest : rest.slice(0, lineEndAfter(rest, ends[part]! - read, reach));
      if (piece !== "") yield { text: piece, part: parts[part]!, whole: false };
      read += piece.length;
      rest = rest.slice(piece.length);
      while (read >= ends[part]!) part++;
    }
  }
}

/** How far past a cut its line may reach, and as a share of what is kept back; text with longer lines is cut within one. */
const longestReach = 2000;
const reachShare = 0.25;

/** Where the line that holds a place ends, its newline included; the place itself where that is farther than `reach`. */
function lineEndAfter(text: string, place: number, reach: number): number {
  const start = Math.max(0, Math.floor(place) - 1);
  const newline = text.indexOf("\n", start);
  if (newline !== -1 && newline - start <= reach) return newline + 1;
  const splitsPair = /[\uDC00-\uDFFF]/.test(text[start + 1] ?? "");
  return Math.min(text.length, start + (splitsPair ? 2 : 1));
}
