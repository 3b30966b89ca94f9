/** @file A table with answers in further columns: the other columns keep their bytes where the format stays the same. */
import { UserError } from "../../common/errors.js";
import type { FormatName } from "../../common/names.js";
import { columnIndex } from "../../corpus/columns/givenColumns.js";
import type { StoredDocument, StoredTable } from "../../corpus/formats/index.js";
import { cellRow, convertedWriter, hasHeader, sameWriter } from "./cellRows.js";
import { cellsAsObjects, objectRow, objectWriter, valueCell, valueTexts } from "./objectRows.js";
import { answerCells, namesBeside, type TableLayout, type TableWriter, withError } from "./tableAnswer.js";

/** The writer of a table. @throws UserError for an id column that it does not have */
export function tableWriter(layout: TableLayout, table: StoredTable, name: string, stored: FormatName): TableWriter {
  if (layout.idColumn !== undefined) return idWriter(layout, table, name, layout.idColumn);
  if (layout.format === "jsonl")
    return stored === "jsonl" ? objectWriter(layout, table) : cellsAsObjects(layout, table);
  return stored === layout.format && table.dialect
    ? sameWriter(layout, table, table.dialect)
    : convertedWriter(layout, table, name);
}

/** One column of the table and the answers. */
function idWriter({ columns, format }: TableLayout, table: StoredTable, name: string, given: string): TableWriter {
  const column = idIndex(table.columns, given, name);
  const id = table.columns[column]!;
  const jsonIn = (document: StoredDocument): string =>
    table.dialect ? JSON.stringify(document.cells?.[column] ?? null) : (valueTexts(document).get(id) ?? "null");
  if (format === "jsonl") {
    return {
      columns: [id],
      header: Buffer.alloc(0),
      row: (document, answer) => objectRow([[id, jsonIn(document)]], columns, answer, [id]),
    };
  }
  const names = namesBeside(withError(columns), columns, [id]);
  return {
    columns: [id],
    header: hasHeader(table) ? cellRow([id, ...names], format) : Buffer.alloc(0),
    row: (document, answer) => [cellRow([valueCell(jsonIn(document)), ...answerCells(columns, answer)], format)],
  };
}

function idIndex(columns: readonly string[], given: string, name: string): number {
  try {
    return columnIndex(columns, given, "id-column");
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${name}: ${error.message}`) : error;
  }
}
