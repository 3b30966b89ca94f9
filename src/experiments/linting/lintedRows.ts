/** @file The labeled texts of a corpus, and of its validation and test files, with their places. */
import { UserError } from "../../common/errors.js";
import { notTexts, openCorpus, type OpenOptions } from "../../corpus/corpus.js";
import { blocksIn, type Corpus, type SkippedRows } from "../../corpus/document.js";
import { itemsOf } from "../../corpus/blocks.js";
import { type CorpusPath, expandedPath, pathsOf } from "../../corpus/sources/corpusPath.js";
import { partFolders } from "../../corpus/sources/partFolders.js";
import { labelTask } from "../../examples/corpusStats.js";
import { groupKey, textKey } from "../../examples/grouping.js";
import type { Part } from "../../examples/split.js";

/** Where a text is. @property line from 1; absent in a folder of texts */
export type Place = { file: string; line?: number };

export type LintedRow = Place & {
  text: string;
  /** Of several labels (--multilabel) all of them, in the order of the alphabet, with | between them. */
  label: string;
  /** Its labels one by one. */
  labels: readonly string[];
  part: Part;
  /** Equal for texts that differ in their spaces at most; undefined for a text of spaces. */
  textKey: number | undefined;
  groupKey: number | undefined;
};

/** The files of each part. */
export type LintedFiles = { training: CorpusPath; validation?: string | undefined; test?: string | undefined };

/** @property inSets whether a text may have several labels */
export type LintedRows = { rows: LintedRow[]; inSets?: boolean; skipped: { file: string; rows: SkippedRows }[] };

export const setSeparator = "|";

/** Reads all files, each as the first of them. @throws UserError for a corpus without labels of classes */
export async function readRowsToLint(given: LintedFiles, options: OpenOptions): Promise<LintedRows> {
  const path = await expandedPath(given.training);
  const found = typeof path === "string" ? await partFolders(path) : undefined;
  const files: [Part, string][] = pathsOf(found?.training ?? path).map((file) => ["training", file]);
  for (const part of ["validation", "test"] as const) {
    const file = given[part] ?? found?.[part];
    if (file !== undefined) files.push([part, file]);
  }
  const rows: LintedRow[] = [];
  const skipped: LintedRows["skipped"] = [];
  let first: Corpus | undefined;
  for (const [part, file] of files) {
    const corpus = await openCorpus(file, first ? { ...optionsOfOthers(options), like: likeCorpus(first) } : options);
    first ??= corpus;
    checkLabels(corpus);
    const name = corpus.name;
    for await (const document of itemsOf(blocksIn(corpus))) {
      const { text, line } = document;
      const labels = document.labels?.toSorted() ?? [document.label ?? ""];
      const keys = { textKey: textKey(document), groupKey: groupKey(document) };
      const place = { file: name, ...(line !== undefined && { line }) };
      rows.push({ ...place, text, label: labels.join(setSeparator), labels, part, ...keys });
    }
    if (corpus.skipped && corpus.skipped.bad + corpus.skipped.unlabeled > 0)
      skipped.push({ file: name, rows: corpus.skipped });
    corpus.release?.();
  }
  const labels = [...new Set(rows.map(({ label }) => label))];
  const inSets = options.multilabel === true;
  if (!inSets && labelTask(labels) === "regressor")
    throw new UserError(
      `${first!.name}: its labels are ${labels.length} different numbers, not classes; name another --label-column`,
    );
  return { rows, inSets, skipped };
}

/** What the first file determines is not given for another one. */
const optionsOfOthers = ({ groupColumn, ...options }: OpenOptions): OpenOptions => ({
  ...options,
  ...(groupColumn !== undefined && { groupColumn, groupIfAny: true }),
});

const likeCorpus = ({ name, reading }: Corpus): NonNullable<OpenOptions["like"]> => ({
  ...(reading && { reading }),
  corpus: name,
  labels: [],
  partOf: name,
  needsLabels: true,
});

/** @throws UserError for a corpus that is not of texts with a label each */
function checkLabels({ name, rows, labeled, tagged }: Corpus): void {
  if (rows) throw notTexts(name);
  if (tagged) throw new UserError(`${name}: expected texts with a label each, not words with tags`);
  if (!labeled) throw new UserError(`${name}: no labels in it; name the column that has them with --label-column`);
}
