/** @file The documents of a run's sources, with their parts. */
import { blocksIn, type Corpus, type Document } from "../corpus/document.js";
import type { CorpusStats, StatsOptions } from "./corpusStats.js";
import { keptStats } from "./keptTokens.js";
import { type Part, parts, split, type SplitDocument, type SplitOptions } from "./split.js";

/** The training corpus, null if there is only a file to evaluate; and separate corpora for validation and test. */
export type Sources = { training: Corpus | null; validation?: Corpus; test?: Corpus };

export type SplitBlocks = AsyncGenerator<readonly SplitDocument[]>;

/** All that there are. */
export const corporaOf = ({ training, validation, test }: Sources): Corpus[] =>
  [training, validation, test].filter((corpus) => corpus != null);

/** Whether the texts of the training corpus are compared with each other, or with those of separate files. */
export const comparesTexts = (sources: Sources, { duplicates }: SplitOptions): boolean =>
  corporaOf(sources).length > 1 || duplicates === "together";

export const statsOf = (
  corpus: Corpus | null,
  options: StatsOptions,
  tokenCache?: string,
): Promise<CorpusStats> | CorpusStats =>
  corpus ? keptStats(corpus, options, tokenCache) : { documents: 0, characters: 0, labels: [] };

/** All documents with their parts. A separate corpus for a part replaces that part of the training corpus, whose split stays the same. */
export async function* splitSources(
  { training, validation, test }: Sources,
  stats: CorpusStats,
  options: SplitOptions,
): SplitBlocks {
  const separate = { training: undefined, validation, test };
  if (training) {
    for await (const block of split(training, stats, options)) yield block.filter(({ part }) => !separate[part]);
  }
  for (const part of parts) {
    const corpus = separate[part];
    if (!corpus) continue;
    const whole = corpus.shape === "documents";
    for await (const block of blocksIn(corpus))
      yield block.map((document) => ({ document, part, whole, separate: true }));
  }
}

/** The documents of a part, read again, in the order in which `prepare` encodes them. */
export async function* documentsOfPart(sources: Sources, options: SplitOptions, part: Part): AsyncGenerator<Document> {
  const { training } = sources;
  try {
    const stats = await statsOf(training, { ...options, compareTexts: comparesTexts(sources, options) });
    for await (const block of splitSources(sources, stats, options))
      for (const one of block) if (one.part === part) yield one.document;
  } finally {
    training?.release?.();
  }
}
