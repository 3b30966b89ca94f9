/** @file The corpora of an evaluation: those of the training run, and a file. */
import { inFile, messageOf, UserError } from "../common/errors.js";
import { openAs, openCorpus, recordedCorpus, type StandardInput } from "../corpus/corpus.js";
import type { ReadingOptions } from "../corpus/openOptions.js";
import { readingRecordOf, recordedOptions } from "../corpus/record/readingRecord.js";
import { type CorpusPath, expandedPath } from "../corpus/sources/corpusPath.js";
import { partFolders } from "../corpus/sources/partFolders.js";
import { spooled } from "../examples/documentSpool.js";
import { checkDigest, openSources } from "../examples/partSources.js";
import type { Sources } from "../examples/prepare.js";
import { likeOf, type Model, optionsFor } from "../model/model.js";

export type SourceOptions = {
  standardInput?: StandardInput | undefined;
  /** How the file is read, where it is not like the training corpus. */
  reading?: Partial<ReadingOptions> | undefined;
  /** Called with a note for each thing that is read otherwise than in the training corpus. */
  onNote?: ((note: string) => void) | undefined;
  /** A folder where the tokens are kept for other runs with the same corpus. Default: memory, or the system's folder for temporary files if the corpus is large. */
  tokenCache?: string | undefined;
};

/** The training corpus, for its parts and for the baselines; a given file is the test part. */
export async function sourcesFor(
  model: Model,
  file: CorpusPath | undefined,
  { standardInput, reading: given, onNote, tokenCache }: SourceOptions,
): Promise<{ sources: Sources; note?: string }> {
  const { document, recipe, task } = model;
  const { name, digest } = document.corpus;
  const record = inFile(model.folder, () => readingRecordOf(document));
  if (file === undefined) {
    if (name === null) {
      throw new UserError(`${model.folder} was imported without a corpus; give \`rnn evaluate\` a file`);
    }
    const sources = await openSources(
      inFile(model.folder, () => recordedCorpus(document.corpus)),
      recipe,
      { record, tokenCache },
    );
    checkDigest(sources.training, digest);
    return { sources };
  }
  const named = await expandedPath(file);
  const path = (typeof named === "string" ? await partFolders(named) : undefined)?.test ?? named;
  const test = await openCorpus(path, {
    ...optionsFor(model, given),
    ...(standardInput && { standardInput }),
    like: { ...likeOf(model), onNote, needsLabels: task === "classifier" || task === "regressor" },
  });
  try {
    const opened = await openAs(
      recordedCorpus(document.corpus),
      recipe,
      undefined,
      recordedOptions(record, "training"),
    );
    const training = spooled(opened, tokenCache);
    checkDigest(training, digest);
    return { sources: { training, test } };
  } catch (error) {
    return {
      sources: { training: null, test },
      note: `no baselines, because the training corpus could not be read: ${messageOf(error)}`,
    };
  }
}
