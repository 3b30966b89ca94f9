/** @file The texts of files, and whether each has a label already. */
import { inFile } from "../../common/errors.js";
import { labelColumnOf, normalName } from "../../corpus/columns/columnNames.js";
import { isMissing } from "../../corpus/columns/columnValues.js";
import { columnIndex, noColumn } from "../../corpus/columns/givenColumns.js";
import { isUnreadable, type Unreadable } from "../../corpus/document.js";
import type { StoredDocument, StoredTable } from "../../corpus/formats/index.js";
import { labelSetName, labelsInCell } from "../../corpus/labelSets.js";
import { readTextEntries } from "../../corpus/readTexts.js";
import type { StandardInput } from "../../corpus/sources/namedSource.js";
import { likeOf, type Model } from "../../model/model.js";
import type { CorpusOptions, RowOptions, TextOptions } from "../../options/corpusOptions.js";
import { hasHeader } from "../tables/cellRows.js";
import type { LabelRow } from "./nextLabels.js";

/** A text, and where it is. @property line from 1 */
export type PlacedRow = LabelRow & { file: string; line: number };

export type LabelReading = TextOptions &
  Partial<Pick<CorpusOptions, "labelColumn">> &
  Pick<RowOptions, "valueColumns"> & {
    standardInput: StandardInput;
    /** Called for each row that has no text. */
    onUnreadable: (row: Unreadable) => void;
    onNote?: (note: string) => void;
  };

/**
 * The texts of lines and rows as `rnn classify` reads them, without empty ones.
 * @param files paths, or - for standard input
 * @throws UserError for a label column that a table does not have
 */
export async function* labelRows(
  model: Model,
  files: readonly string[],
  { standardInput, onUnreadable, onNote, labelColumn, ...options }: LabelReading,
): AsyncGenerator<PlacedRow> {
  const hasNumbers = options.valueColumns !== undefined || (model.inputs === "tokens" && model.numbers !== undefined);
  const labelTests = new Map<StoredTable, LabelTest>();
  const onTable = (table: StoredTable, file: string): void => {
    labelTests.set(
      table,
      inFile(file, () => labelTestIn(table, model, labelColumn)),
    );
  };
  const reading = { like: { ...likeOf(model), onNote }, onTable };
  for await (const { entry, numbers, source, line, table, stored, label } of readTextEntries(
    files,
    { ...options, ...(labelColumn !== undefined && { labelColumn }) },
    standardInput,
    reading,
  )) {
    if (isUnreadable(entry)) onUnreadable(entry);
    else if (entry.trim() !== "") {
      const isLabeled = table && stored ? labelTests.get(table)!(stored) : label !== undefined;
      yield { text: entry, ...(hasNumbers && { numbers: numbers ?? [] }), isLabeled, file: source, line };
    }
  }
}

/** A value of JSON that may be a label; an object has an error of its own. */
type Label = string | number | boolean | readonly unknown[];

type LabelTest = (row: StoredDocument) => boolean;

const noLabels: LabelTest = () => false;

/** Whether a row has a label in the given column, that of the training corpus, or one with a known name. */
function labelTestIn(table: StoredTable, model: Model, given: string | undefined): LabelTest {
  const { columns } = table;
  if (given === noColumn && !columns.some((name) => normalName(name) === noColumn)) return noLabels;
  if (given !== undefined) return labelTestAt(table, columnIndex(columns, given, "label-column"), model);
  const recorded = recordedColumn(table, model);
  if (recorded !== undefined) return labelTestAt(table, recorded, model);
  if (!hasHeader(table)) return noLabels;
  const name = model.recipe.multilabel ? labelSetName(columns) : undefined;
  const named = name === undefined ? labelColumnOf(columns) : columns.indexOf(name);
  return named === undefined ? noLabels : labelTestAt(table, named, model, namesIn(model));
}

function recordedColumn(table: StoredTable, model: Model): number | undefined {
  const { columns } = table;
  const { labelColumn, header, width } = likeOf(model).reading ?? {};
  if (labelColumn === undefined) return undefined;
  if (hasHeader(table) !== (header ?? true)) return undefined;
  if (!hasHeader(table))
    return width === columns.length ? columnIndex(columns, labelColumn, "label-column") : undefined;
  const found = columns.findIndex((name) => normalName(name) === normalName(labelColumn));
  return found === -1 ? undefined : found;
}

/** The labels of a model, and what they are in its training corpus. */
const namesIn = ({ labels, recipe }: Model): Set<string> =>
  new Set([...labels, ...(recipe.labelMap ?? []).map((pair) => pair.split("=")[0]!)]);

/** @param known if given, another value is no label: a column with the name of labels may have something else */
function labelTestAt(
  { columns, dialect }: StoredTable,
  column: number,
  { recipe }: Model,
  known?: Set<string>,
): LabelTest {
  const { multilabel = false, labelSeparator } = recipe;
  const isLabel = (text: string): boolean => {
    if (isMissing(text) && !(multilabel && text.trim() === "")) return false; // an empty cell is an empty set
    if (known === undefined) return true;
    const names = multilabel
      ? labelsInCell(text, { ...(labelSeparator !== undefined && { labelSeparator }) })
      : [text.trim()];
    return names.length === 0 || names.some((name) => known.has(name));
  };
  return ({ cells, values }) => {
    if (dialect) return isLabel(cells?.[column] ?? "");
    const value = (values?.[columns[column]!] ?? null) as Label | null;
    if (Array.isArray(value)) return multilabel || value.length > 0;
    return value !== null && isLabel(String(value));
  };
}
