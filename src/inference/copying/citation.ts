/** @file The longest run of a text that is copied from the corpus of a generator, and where the corpus has it. */
import { sourcesFor } from "../../evaluation/evaluatedSources.js";
import { UserError } from "../../common/errors.js";
import { CopyFinder } from "../../copying/copyFinder.js";
import { type CopyUnits, copyUnitsOf, unitsOf } from "../../copying/copyUnits.js";
import { RunHash } from "../../copying/runHash.js";
import type { TextModel } from "../../model/model.js";
import type { TextDigest } from "../../model/textDigest.js";
import { MarkedText } from "./markedText.js";

export type Citation = {
  /** The copied run; empty if not even a word or character of the text is in the corpus. */
  text: string;
  /** In words or characters. */
  length: number;
  unit: CopyUnits["name"];
  /** The corpus, and the line or the document where the run begins, from 1; neither for a run that the digest of a checkpoint recognized. */
  source: string;
  line?: number;
  document?: number;
};

/** Where a line or a document begins in the units of the corpus. */
type Place = { start: number } & Pick<Citation, "line" | "document">;

/**
 * The longest run of each text that occurs in the corpus. It is read once, all parts of it; where it is gone or was changed, the digest of the checkpoint answers for
 * the training part, without a place, and may take a run that is in the corpus in pieces for a copied one.
 * @param texts generated ones, without their prompts
 * @throws UserError if the corpus cannot be read, or was changed, and the checkpoint has no digest
 */
export async function citationsOf(
  model: TextModel,
  texts: readonly string[],
  tokenCache?: string,
): Promise<Citation[]> {
  try {
    return await citedFromCorpus(model, texts, tokenCache);
  } catch (error) {
    if (!(error instanceof UserError) || !model.digest) throw error;
    return texts.map((text) => citedFromDigest(model, model.digest!, text));
  }
}

function citedFromDigest({ tokenizer, document }: TextModel, { filter }: TextDigest, text: string): Citation {
  const units = copyUnitsOf(tokenizer);
  const marked = new MarkedText(tokenizer, units, [tokenizer.encode(text)]);
  const hash = new RunHash(filter.length, units.isCounted);
  let [copied, best] = [0, { length: 0, end: 0 }];
  for (const [index, unit] of marked.units.entries()) {
    hash.push(unit);
    if (!units.isCounted(unit)) continue;
    copied = hash.isFull && filter.has(hash) ? copied + 1 : 0;
    if (copied > best.length) best = { length: copied, end: index + 1 };
  }
  const length = best.length === 0 ? 0 : best.length + filter.length - 1;
  const source = document.corpus.name ?? "the training text";
  return { text: marked.endingAt(best.end, length), length, unit: units.name, source };
}

async function citedFromCorpus(model: TextModel, texts: readonly string[], tokenCache?: string): Promise<Citation[]> {
  const { tokenizer } = model;
  const { sources } = await sourcesFor(model, undefined, { tokenCache });
  const corpus = sources.training!; // without a file, it is the training corpus
  const units = copyUnitsOf(tokenizer);
  const marked = texts.map((text) => new MarkedText(tokenizer, units, [tokenizer.encode(text)]));
  const finders = marked.map((own) => new CopyFinder(own.units));
  const places: Place[] = [];
  let [position, line, document] = [0, 1, 0];
  try {
    for await (const { text, line: ownLine } of corpus.read()) {
      document++;
      const isStream = corpus.shape === "stream";
      const ids = tokenizer.encode(text);
      const read = unitsOf(units, ids);
      if (ownLine === undefined && !isStream) places.push({ start: position, document });
      else for (const place of linesIn(units, ids, { start: position, line: ownLine ?? line })) places.push(place);
      for (const finder of finders) {
        finder.read(read);
        if (!isStream) finder.interrupt();
      }
      position += read.length;
      line += text.split("\n").length - 1;
    }
  } finally {
    corpus.release?.();
  }
  return marked.map((own, index) => {
    const run = own.longestRun(finders[index]!);
    const cited = { unit: units.name, source: corpus.name };
    if (!run) return { text: "", length: 0, ...cited };
    const { start: _start, ...place } = places.findLast(({ start }) => start <= run.corpusStart)!;
    return { text: run.text, length: run.length, ...cited, ...place };
  });
}

/** The lines of a document. @param first its first line */
function linesIn(
  { ofToken, lineBreaks }: CopyUnits,
  ids: readonly number[],
  first: Required<Omit<Place, "document">>,
): Place[] {
  const places: Place[] = [first];
  let { start, line } = first;
  for (const id of ids) {
    start += ofToken[id]!.length;
    line += lineBreaks[id]!;
    if (lineBreaks[id]! > 0) places.push({ start, line });
  }
  return places;
}
