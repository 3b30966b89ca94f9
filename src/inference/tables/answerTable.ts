/** @file Answers to the entries of files: alone, or as further columns of the tables that the entries come from. */
import { UsageError } from "../../common/errors.js";
import type { FormatName } from "../../common/names.js";
import type { StoredTable } from "../../corpus/formats/index.js";
import type { TextEntry } from "../../corpus/readTexts.js";
import { type TableAnswer, type TableLayout, type TableWriter, tableWriter } from "./tableWriter.js";

/** The tables of one output: they have the same columns, and one header. */
export class AnswerTable {
  private readonly writers = new Map<StoredTable, TableWriter>();
  private first: { table: StoredTable; source: string } | undefined;
  private headed = false;

  constructor(private readonly layout: TableLayout) {}

  /** Call it for each table. @throws UsageError for one with other columns than the first */
  readonly open = (table: StoredTable, source: string, format: FormatName): void => {
    this.writers.set(table, tableWriter(this.layout, table, source, format));
    this.first ??= { table, source };
    const { format: written } = this.layout;
    if (written === "jsonl" || String(table.columns) === String(this.first.table.columns)) return;
    throw new UsageError(
      `${source} has other columns than ${this.first.source}, so they cannot be one table; give them one by one, or use --format jsonl`,
    );
  };

  /** The row of an entry, after the header before the first one; undefined for an entry that is not of a table. */
  rowOf(entry: Pick<TextEntry, "table" | "stored" | "source">, answer: TableAnswer): Buffer | undefined {
    const { table, stored, source } = entry;
    if (table === undefined || stored === undefined) {
      if (this.layout.idColumn === undefined) return undefined;
      throw new UsageError(`--id-column has no effect here, because ${source} is not a table; remove it`);
    }
    const row = this.writers.get(table)!.row(stored, answer);
    return this.headed ? row : Buffer.concat([this.header(), row]);
  }

  /** The header, if no row has been written; call it at the end. */
  header(): Buffer {
    if (this.headed || this.first === undefined) return Buffer.alloc(0);
    this.headed = true;
    return this.writers.get(this.first.table)!.header;
  }
}
