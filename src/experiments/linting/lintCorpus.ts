/** @file What looks wrong in a labeled corpus: copies, conflicting and likely wrong labels, labels spelled alike, texts and labels with too little in them. */
import { GroupFinder, type Grouping, joinedGroups } from "../../examples/grouping.js";
import { labelsSpelledAlike } from "../../examples/corpusWarnings.js";
import { parts } from "../../examples/split.js";
import { type LintedRow, type LintedRows, type Place, setSeparator } from "./lintedRows.js";
import { heldOutBags, wrongLabels } from "./wrongLabels.js";

/** A text that occurs several times, with all its places in the order of the files; of several labels a text, `label` is the set, as in a|b. */
export type Copies = { text: string; places: (Place & { label: string })[] };

/** A text whose label is likely wrong. Of several labels a text: the set, and the set with one label more or less, which the probabilities are of. */
export type SuspectLabel = Place & {
  text: string;
  label: string;
  suggested: string;
  /** Of the suggested label, and of the given one, by a model that was not fitted on this text. */
  probability: number;
  givenProbability: number;
};

/** What was found in a labeled corpus. Each list is empty where nothing was found. */
export type Lint = {
  documents: number;
  /** Each label with its documents, the most frequent first. */
  labels: [label: string, count: number][];
  /** Texts that are in several of the training corpus, the validation and the test file. */
  acrossParts: Copies[];
  /** Texts with several labels. */
  conflicts: Copies[];
  /** Likely wrong labels by confident learning, largest difference of the probabilities first; null for fewer than two labels or five different texts. */
  suspects: SuspectLabel[] | null;
  /** Labels that differ in case or spaces only, or in the form of a number. */
  spelledAlike: string[][];
  /** Texts that occur several times in one part, with one label. */
  duplicates: Copies[];
  /** Texts of fewer than three letters, digits or symbols. */
  nearEmpty: (Place & { text: string; label: string })[];
  /** Labels of fewer than ten documents. */
  rareLabels: [label: string, count: number][];
  /** Rows that are not labeled texts. */
  skipped: LintedRows["skipped"];
};

const rareCount = 10; // documents
const leastCharacters = 3;

/** @param seed of the folds */
export function lintRows({ rows, inSets = false, skipped }: LintedRows, seed: number): Lint {
  const labels = labelCounts(rows);
  const copied = copiesOf(rows);
  const isAcross = (copies: readonly LintedRow[]): boolean => new Set(copies.map(({ part }) => part)).size > 1;
  const isConflict = (copies: readonly LintedRow[]): boolean => new Set(copies.map(({ label }) => label)).size > 1;
  const isInOnePart = (copies: readonly LintedRow[]): boolean =>
    parts.some((name) => copies.filter(({ part }) => part === name).length > 1);
  return {
    documents: rows.length,
    labels,
    acrossParts: copied.filter(isAcross).map(listed),
    conflicts: copied.filter(isConflict).map(listed),
    suspects: (inSets ? suspectSetsIn : suspectsIn)(rows, labels, seed),
    spelledAlike: labelsSpelledAlike(labels.map(([label]) => label)),
    duplicates: copied.filter((copies) => !isConflict(copies) && isInOnePart(copies)).map(listed),
    nearEmpty: rows
      .filter(({ text }) => charactersIn(text) < leastCharacters)
      .map((row) => ({ ...placeOfRow(row), text: row.text, label: row.label })),
    rareLabels: labels.filter(([, count]) => count < rareCount),
    skipped,
  };
}

function labelCounts(rows: readonly LintedRow[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const row of rows) for (const label of row.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].toSorted(([a, one], [b, two]) => two - one || (a < b ? -1 : 1));
}

/** The rows of each text that occurs several times, most copies first. */
function copiesOf(rows: readonly LintedRow[]): LintedRow[][] {
  const byText = new Map<number, LintedRow[]>();
  for (const row of rows) {
    if (row.textKey === undefined) continue;
    const same = byText.get(row.textKey);
    if (same) same.push(row);
    else byText.set(row.textKey, [row]);
  }
  return [...byText.values()].filter(({ length }) => length > 1).toSorted((left, right) => right.length - left.length);
}

const placeOfRow = ({ file, line }: LintedRow): Place => ({ file, ...(line !== undefined && { line }) });

const listed = (copies: readonly LintedRow[]): Copies => ({
  text: copies[0]!.text,
  places: copies.map((row) => ({ ...placeOfRow(row), label: row.label })),
});

/** Letters, digits and symbols. */
const charactersIn = (text: string): number => text.match(/[^\p{P}\p{Z}\p{C}\p{M}]/gu)?.length ?? 0;

function suspectsIn(
  rows: readonly LintedRow[],
  counts: readonly [string, number][],
  seed: number,
): SuspectLabel[] | null {
  const names = counts.map(([label]) => label);
  const heldOut = names.length < 2 ? null : heldOutBags(textsOf(rows), foldUnits(rows), seed);
  if (!heldOut) return null;
  const classOf = new Map(names.map((name, index) => [name, index]));
  const labels = rows.map(({ label }) => classOf.get(label)!);
  const probabilities = heldOut(labels, names.length);
  return wrongLabels(probabilities, labels).map(({ row, given, suggested, probability }) => ({
    ...placeOfRow(rows[row]!),
    text: rows[row]!.text,
    label: names[given]!,
    suggested: names[suggested]!,
    probability,
    givenProbability: probabilities[row]![given]!,
  }));
}

/** Of sets of labels: each label by itself, that a text has or not. The probabilities are those of having or not having it. */
function suspectSetsIn(
  rows: readonly LintedRow[],
  counts: readonly [string, number][],
  seed: number,
): SuspectLabel[] | null {
  const judged = counts.filter(([, count]) => count >= rareCount && count <= rows.length - rareCount);
  const heldOut = judged.length === 0 ? null : heldOutBags(textsOf(rows), foldUnits(rows), seed);
  if (!heldOut) return null;
  return judged
    .flatMap(([label]) => {
      const has = rows.map(({ labels }) => Number(labels.includes(label)));
      const probabilities = heldOut(has, 2);
      return wrongLabels(probabilities, has).map(({ row, given, suggested, probability }): SuspectLabel => {
        const { text, label: set, labels } = rows[row]!;
        const changed = suggested === 1 ? [...labels, label].toSorted() : labels.filter((other) => other !== label);
        return {
          ...placeOfRow(rows[row]!),
          text,
          label: set,
          suggested: changed.join(setSeparator),
          probability,
          givenProbability: probabilities[row]![given]!,
        };
      });
    })
    .toSorted((left, right) => marginOf(right) - marginOf(left));
}

const marginOf = ({ probability, givenProbability }: SuspectLabel): number => probability - givenProbability;

const textsOf = (rows: readonly LintedRow[]): string[] => rows.map(({ text }) => text);

/** Copies, and texts of one group, are in one fold. */
function foldUnits(rows: readonly LintedRow[]): Grouping {
  const [texts, groups] = [new GroupFinder(), new GroupFinder()];
  for (const row of rows) {
    texts.add(row.textKey);
    groups.add(row.groupKey);
  }
  const [sameText, sameGroup] = [texts.finish().grouping, groups.finish().grouping];
  if (sameText && sameGroup) return joinedGroups(sameGroup, sameText);
  const alone = { groupOf: Uint32Array.from(rows.keys()), sizes: new Uint32Array(rows.length).fill(1) };
  return sameText ?? sameGroup ?? alone;
}
