/** @file The longest run of a text that is copied from the corpus of a generator, and where the corpus has it. */
import { sourcesFor } from "../../evaluation/evaluatedSources.js";
import { CopyFinder } from "../../evaluation/copying/copyFinder.js";
import { type CopyUnits, copyUnitsOf, unitsOf } from "../../evaluation/copying/copyUnits.js";
import type { TextModel } from "../../model/model.js";
import { MarkedText } from "./markedText.js";

export type Citation = {
  /** The copied run; empty if not even a word or character of the text is in the corpus. */
  text: string;
  /** In words or characters. */
  length: number;
  unit: CopyUnits["name"];
  /** The corpus, and the line or the document where the run begins, from 1. */
  source: string;
  line?: number;
  document?: number;
};

/** Where a line or a document begins in the units of the corpus. */
type Place = { start: number } & Pick<Citation, "line" | "document">;

/**
 * Reads the corpus once, all parts of it, and finds the longest run of each text that occurs there.
 * @param texts generated ones, without their prompts
 * @throws UserError if the corpus cannot be read, or differs from what the model was trained on
 */
export async function citationsOf(
  model: TextModel,
  texts: readonly string[],
  tokenCache?: string,
): Promise<Citation[]> {
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
      else places.push(...linesIn(units, ids, { start: position, line: ownLine ?? line }));
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
