/** @file Opens a table for a model: like the corpus that the model was trained on, if it has the same shape. */
import { UserError } from "../../common/errors.js";
import { quantity } from "../../common/quantity.js";
import type { FormatName } from "../../common/names.js";
import type { ByteSource } from "../sources/byteSource.js";
import { labelNames, normalName, textNames } from "../columns/columnNames.js";
import type { Rows } from "../columns/columnValues.js";
import type { Reading } from "../document.js";
import { type Content, formats, type ReadOptions } from "../formats/index.js";
import { openTable } from "../formats/table.js";
import { noColumn } from "../columns/givenColumns.js";
import { isHeaderRow } from "../columns/headerRow.js";
import { isTable, type Like, type TableFormat } from "./likeFormat.js";
import { optionsOf } from "./readingRecord.js";

/**
 * Opens a table with the columns of the record, unless the options name others; a table of another shape is read by the rules for any table.
 * @throws UserError with the columns and the options, for a table that the rules do not know
 */
export async function openTableLike(
  format: FormatName,
  source: ByteSource,
  options: ReadOptions,
  like: Like,
): Promise<Content> {
  const open = (changes: ReadOptions = {}): Promise<Content> =>
    formats[format].open(source, { ...options, ...changes });
  const { reading } = like;
  if (!reading || !isTable(format) || !isTable(reading.format)) return open();
  const dialects = format === reading.format ? [dialectOf(reading, options), {}] : [{}];
  for (const dialect of dialects) {
    const names = await columnsLike(format, source, { ...options, ...dialect }, reading);
    if (names === undefined) continue;
    const header = options.header ?? (format === "jsonl" ? undefined : reading.header);
    const shape = { ...dialect, ...(header !== undefined && { header }) };
    const openShape = (changes: ReadOptions): Promise<Content> => open({ ...shape, ...changes });
    return like.partOf === undefined
      ? openSameShape(names, reading, openShape, { source, options, like })
      : openPart(names, reading, openShape, { source, options, like });
  }
  if (like.partOf !== undefined) return openOtherPart(format, reading, open, { source, options, like });
  const { textColumns, valueColumns } = reading;
  const values = valueColumns ? { valueColumns: options.valueColumns ?? valueColumns } : {};
  if (valueColumns && !textColumns) return open(values); // the model reads these numbers only
  return openOtherShape(format, reading, () => open(values), { source, options, like });
}

type Opening = { source: ByteSource; options: ReadOptions; like: Like };

function dialectOf({ delimiter, quote, escape, skipSpaces }: Reading, options: ReadOptions): ReadOptions {
  if (options.delimiter !== undefined || options.quote !== undefined) return {};
  return {
    ...(delimiter !== undefined && { delimiter }),
    ...(quote !== undefined && { quote }),
    ...(escape !== undefined && { escape }),
    ...(skipSpaces && { skipSpaces }),
  };
}

/** The columns of a table that has those of a reading; undefined for a table of another shape. */
async function columnsLike(
  format: TableFormat,
  source: ByteSource,
  options: ReadOptions,
  reading: Reading,
): Promise<readonly string[] | undefined> {
  const inputs = reading.textColumns ?? reading.valueColumns ?? [];
  if (format === "jsonl") {
    if (reading.header === false) return undefined;
    const names = await keysIn(source, options);
    return inputs.every((name) => names.includes(name)) ? names : undefined;
  }
  const { first, rest } = await firstRows(format, source, options);
  if (reading.header === false) {
    const isSame = options.header !== true && first.length === reading.width && !hasKnownNames(first, rest);
    return isSame ? first.map((_, column) => String(column + 1)) : undefined;
  }
  return options.header !== false && inputs.every((name) => isIn(first, name)) ? first : undefined;
}

const hasKnownNames = (first: readonly string[], rest: Rows): boolean =>
  first.some((cell) => [...textNames, ...labelNames].includes(normalName(cell))) && isHeaderRow(first, rest) === true;

const isIn = (names: readonly string[], name: string): boolean =>
  names.includes(name) || names.some((other) => normalName(other) === normalName(name));

type FirstRows = { first: readonly string[]; rest: Rows };

/** The cells of the first row, and those of the next ones. */
async function firstRows(format: "csv" | "tsv", source: ByteSource, options: ReadOptions): Promise<FirstRows> {
  const { header: _header, ...others } = options;
  let found: FirstRows = { first: [], rest: [] };
  await openTable(source, format, others, (first, rest) => {
    found = { first, rest };
    return false;
  });
  return found;
}

async function keysIn(source: ByteSource, options: ReadOptions): Promise<readonly string[]> {
  const { table } = await formats.jsonl.open(source, { ...options, columns: { textColumns: [] } });
  return table?.columns ?? [];
}

/** Opens a validation or test file with the columns of its training corpus. @throws UserError for a missing label column */
function openPart(
  names: readonly string[],
  reading: Reading,
  open: (changes: ReadOptions) => Promise<Content>,
  { source, like }: Opening,
): Promise<Content> {
  const { valueColumns, labelColumn } = reading;
  const columns = optionsOf(reading).columns!;
  const hasLabel = labelColumn === undefined || isIn(names, labelColumn);
  if (!hasLabel && like.needsLabels) throw missingColumn(labelColumn, "labels", names, source, like);
  const { labelColumn: _missing, ...withoutLabel } = columns;
  return open({
    textColumn: undefined,
    labelColumn: undefined,
    ...(valueColumns && { valueColumns }),
    columns: hasLabel ? columns : withoutLabel,
  });
}

/**
 * Opens a validation or test file that has a header by the rules, if its training corpus has none.
 * @throws UserError for another file, with the column that it lacks
 */
async function openOtherPart(
  format: TableFormat,
  reading: Reading,
  open: () => Promise<Content>,
  { source, options, like }: Opening,
): Promise<Content> {
  const { textColumns, valueColumns, header, width } = reading;
  if (format === "jsonl")
    throw missingInput(textColumns ?? valueColumns ?? [], await keysIn(source, options), reading, source, like);
  const { first, rest } = await firstRows(format, source, options);
  if (header !== false) throw missingInput(textColumns ?? valueColumns ?? [], first, reading, source, like);
  if (options.header !== false && hasKnownNames(first, rest)) return open();
  throw new UserError(
    `${source.name}: ${quantity(first.length, "columns")}, not ${width} as in ${like.partOf}; the first row is: ${listed(first)}`,
  );
}

const missingInput = (
  wanted: readonly string[],
  names: readonly string[],
  { valueColumns }: Reading,
  source: ByteSource,
  like: Like,
): UserError =>
  missingColumn(
    wanted.find((name) => !isIn(names, name)) ?? wanted[0]!,
    valueColumns ? "numbers" : "text",
    names,
    source,
    like,
  );

const missingColumn = (
  column: string,
  what: "text" | "labels" | "numbers",
  names: readonly string[],
  source: ByteSource,
  { partOf }: Like,
): UserError =>
  new UserError(
    `${source.name}: no column "${column}", which has the ${what} in ${partOf}; name its columns as in that file; the first row is: ${listed(names)}`,
  );

async function openSameShape(
  names: readonly string[],
  reading: Reading,
  open: (changes: ReadOptions) => Promise<Content>,
  { source, options, like }: Opening,
): Promise<Content> {
  const { textColumns, textJoin, labelColumn } = reading;
  const columns = optionsOf(reading).columns!;
  const values = { ...(reading.valueColumns && { valueColumns: options.valueColumns ?? reading.valueColumns }) };
  const hasLabel = labelColumn === undefined || options.textsOnly || isIn(names, labelColumn);
  if (options.textColumn === undefined && options.labelColumn === undefined && hasLabel)
    return open({ ...values, columns });
  const text = textJoin === " " ? [textColumns!.join("+")] : textColumns; // as it was given
  const label = options.labelColumn ?? (hasLabel && !options.textsOnly ? (labelColumn ?? noColumn) : undefined);
  const content = await open({
    ...values,
    ...(options.textColumn === undefined && text && { textColumn: text }),
    ...(label !== undefined && { labelColumn: label }),
  });
  if (label !== undefined || hasLabel) return content;
  const found = content.reading.labelColumn;
  if (found !== undefined) {
    like.onNote?.(
      `${source.name}: the label is read from the column ${found}, because there is no ${labelColumn}; --label-column names another`,
    );
  } else if (like.needsLabels) {
    throw new UserError(
      `${source.name}: no column ${labelColumn} with the labels; name it with --label-column; columns are: ${listed(names)}`,
    );
  }
  return content;
}

/** Reads a table by the rules, and says so; columns that an option names need no word. */
async function openOtherShape(
  format: TableFormat,
  reading: Reading,
  open: () => Promise<Content>,
  { source, options, like }: Opening,
): Promise<Content> {
  const isNamed = options.textColumn !== undefined || options.valueColumns !== undefined;
  const trained = shapeOf(reading);
  try {
    const content = await open();
    if (!isNamed)
      like.onNote?.(
        `${source.name}: read by its own columns (${shapeOf(content.reading)}), not as the corpus of the checkpoint (${trained}); --text-column names others`,
      );
    return content;
  } catch (error) {
    if (isNamed || !(error instanceof UserError)) throw error;
    const names = format === "jsonl" ? await keysIn(source, options) : (await firstRows(format, source, options)).first;
    throw new UserError(
      `${source.name}: it does not have the columns of the checkpoint's corpus (${trained}); name those of this file with --text-column${like.needsLabels ? " and --label-column" : ""}, or add --no-header if its first row is data; the first row is: ${listed(names)}`,
    );
  }
}

function shapeOf({ textColumns, labelColumn, valueColumns, header, width }: Reading): string {
  const inputs = textColumns ? `text ${textColumns.join(", ")}` : `numbers ${listed(valueColumns ?? [])}`;
  const label = labelColumn === undefined ? "" : `, label ${labelColumn}`;
  return `${inputs}${label}${header === false ? ` of ${width} without a header` : ""}`;
}

const maxListed = 12;
const maxShown = 20;
const listed = (names: readonly string[]): string =>
  names
    .slice(0, maxListed)
    .map((name) => (name.length > maxShown ? `${name.slice(0, maxShown)}…` : name))
    .join(", ") + (names.length > maxListed ? ", …" : "");
