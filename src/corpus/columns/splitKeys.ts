/** @file The columns of a table by which its rows are split: their group and their time. */
import { columnIndex } from "./givenColumns.js";
import type { Document } from "../document.js";
import type { ReadOptions } from "../formats/index.js";
import { readTime, type TimeFormat, timeFormatIn } from "./times.js";

type SplitOptions = Pick<ReadOptions, "groupColumn" | "groupIfAny" | "timeColumn">;

/** Indices of the columns, from 0. */
export type SplitColumns = { group: number | undefined; time: number | undefined };

/** @throws UserError for a column that the table does not have */
export const splitColumns = (
  names: readonly string[],
  { groupColumn, groupIfAny = false, timeColumn }: SplitOptions,
): SplitColumns => ({
  group:
    groupColumn === undefined || (groupIfAny && !names.includes(groupColumn))
      ? undefined
      : columnIndex(names, groupColumn, "group-column"),
  time: timeColumn === undefined ? undefined : columnIndex(names, timeColumn, "time-column"),
});

/** The group and the time of a row. */
export type SplitKeys = Pick<Document, "group" | "time">;

/** Reads the keys of rows. */
export type KeyReader = {
  /** Which keys the rows have; `times` is absent without a time column. */
  kinds: { grouped: boolean; times?: TimeFormat["kind"] };
  /** @param cell of a column @throws UserError for a row without a time */
  keysOf: (cell: (column: number) => string) => SplitKeys;
};

/** @param cells of a column, which are read up to the first that shows the format of times */
export async function keyReader(
  names: readonly string[],
  { group, time }: SplitColumns,
  cells: (column: number) => AsyncIterable<string>,
): Promise<KeyReader> {
  const format = time === undefined ? undefined : await timeFormatIn(names[time]!, cells(time));
  return {
    kinds: { grouped: group !== undefined, ...(format && { times: format.kind }) },
    keysOf: (cell) => {
      const name = group === undefined ? "" : cell(group).trim();
      return { ...(name !== "" && { group: name }), ...(format && { time: readTime(cell(time!), format) }) };
    },
  };
}
