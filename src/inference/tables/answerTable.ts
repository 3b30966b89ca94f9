/** @file Answers to the entries of files: as further columns of the tables that the entries come from, or below a header of their own. */
import { UsageError } from "../../common/errors.js";
import type { FormatName } from "../../common/names.js";
import { isUnreadable, type Unreadable } from "../../corpus/document.js";
import type { StoredDocument, StoredTable } from "../../corpus/formats/index.js";
import { lineWriter } from "./cellRows.js";
import type { TableAnswer, TableLayout, TableWriter } from "./tableAnswer.js";
import { tableWriter } from "./tableWriter.js";

/** Where an answer is written. */
export type TablePlace = {
  table?: StoredTable | undefined;
  stored?: StoredDocument | undefined;
  source: string;
};

/** The tables of one output: they have the same columns, and one header. */
export class AnswerTable {
  private readonly writers = new Map<StoredTable | undefined, TableWriter>();
  private first: { writer: TableWriter; source: string } | undefined;
  private headed = false;

  constructor(private readonly layout: TableLayout) {}

  /** Call it for each table. @throws UsageError for one with other columns than the first */
  readonly open = (table: StoredTable, source: string, format: FormatName): void =>
    this.begin(table, tableWriter(this.layout, table, source, format), source);

  /**
   * The row of an entry, after the header before the first one; undefined for a line of text that is answered by JSON.
   * @throws UsageError for a line of text among tables
   */
  rowOf({ table, stored, source }: TablePlace, answer: TableAnswer): Iterable<Buffer> | undefined {
    if (table !== undefined && stored !== undefined)
      return this.headedRow(this.writers.get(table)!.row(stored, answer));
    const lines = this.openLines(source);
    return lines && this.headedRow(lines.row(noRow, answer));
  }

  /** The header, if no row has been written; call it at the end. */
  header(): Buffer {
    if (this.headed) return Buffer.alloc(0);
    this.headed = true;
    return (this.first?.writer ?? this.linesWriter())?.header ?? Buffer.alloc(0);
  }

  private *headedRow(row: Iterable<Buffer>): Generator<Buffer> {
    if (!this.headed) yield this.header();
    yield* row;
  }

  private openLines(source: string): TableWriter | undefined {
    if (this.layout.idColumn !== undefined)
      throw new UsageError(`--id-column has no effect here, because ${source} is not a table; remove it`);
    if (!this.writers.has(undefined)) {
      const writer = this.linesWriter();
      if (writer) this.begin(undefined, writer, source);
    }
    return this.writers.get(undefined);
  }

  private linesWriter(): TableWriter | undefined {
    const { format, idColumn } = this.layout;
    return format === "jsonl" || idColumn !== undefined ? undefined : lineWriter(this.layout, format);
  }

  private begin(table: StoredTable | undefined, writer: TableWriter, source: string): void {
    this.writers.set(table, writer);
    this.first ??= { writer, source };
    if (this.layout.format === "jsonl" || String(writer.columns) === String(this.first.writer.columns)) return;
    throw new UsageError(
      `${source} has other columns than ${this.first.source}, so they cannot be one table; give them one by one, or use --format jsonl`,
    );
  }
}

const noRow: StoredDocument = {
  row: { skipped: "blank", line: 0, reason: "" },
  stored: { bytes: Buffer.alloc(0), encoding: "utf-8" },
};

/** How the answers of a command are written. */
export type AnswerForm<Answer> = {
  /** Undefined for answers without a table. */
  tables: AnswerTable | undefined;
  inTable: (answer: Answer) => TableAnswer;
  /** To a line of text, as csv or tsv. Default: `inTable`. */
  toLine?: (answer: Answer) => TableAnswer;
  /** Outside of a table. @param line of the entry, from 1 */
  alone: (answer: Answer | Unreadable, line: number) => Iterable<string>;
};

type Answered<Answer> = [TablePlace & { line: number }, Answer | Unreadable];

/** The output for answers beside their entries. @returns pieces of rows or lines, in order */
export async function* answerRows<Answer extends object>(
  answered: AsyncIterable<Answered<Answer>>,
  form: AnswerForm<Answer>,
): AsyncGenerator<string | Buffer> {
  for await (const one of answered) yield* answerPieces(one, form);
  if (form.tables) yield form.tables.header();
}

/** `answerRows` for answers that arrive together: consecutive texts of a batch are one piece. */
export async function* batchRows<Answer extends object>(
  batches: AsyncIterable<Iterable<Answered<Answer>>>,
  form: AnswerForm<Answer>,
): AsyncGenerator<string | Buffer> {
  for await (const batch of batches) {
    let text = "";
    for (const one of batch)
      for (const piece of answerPieces(one, form)) {
        if (typeof piece === "string") {
          text += piece;
          continue;
        }
        if (text !== "") yield text;
        text = "";
        yield piece;
      }
    if (text !== "") yield text;
  }
  if (form.tables) yield form.tables.header();
}

function answerPieces<Answer extends object>(
  [entry, answer]: Answered<Answer>,
  { tables, inTable, toLine = inTable, alone }: AnswerForm<Answer>,
): Iterable<string | Buffer> {
  const cellsOf = entry.table ? inTable : toLine;
  const row = tables?.rowOf(entry, isUnreadable(answer) ? { error: answer.reason } : cellsOf(answer));
  return row ?? alone(answer, entry.line);
}
