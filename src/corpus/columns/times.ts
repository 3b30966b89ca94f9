/** @file Reads the times of a column: numbers, or dates in the usual formats. */
import { UserError } from "../../common/errors.js";

/** Whether 3/4/2020 is the third of April or the fourth of March. */
export type DayOrder = "dayFirst" | "monthFirst";

const monthNames = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const clock = /(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\b\.?)?/i;
const zone = /^\s*(?:(?:gmt|utc)?([+-])(\d{2}):?(\d{2})?|(z|utc|gmt|[ecmp][sd]t))\b/i;
const weekday = /\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[,.]?/i;
const yearFirst = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$/;
const yearLast = /^(\d{1,2})([-/. ])(\d{1,2})[-/., ]+(\d{4}|\d{2})$/;

/** Hours before UTC of the zones of e-mail dates. */
const zoneHours: Readonly<Record<string, number>> = {
  est: 5,
  edt: 4,
  cst: 6,
  cdt: 5,
  mst: 7,
  mdt: 6,
  pst: 8,
  pdt: 7,
};

type Day = { year: number; month: number; day: number };

/** A date without its time of day, and the milliseconds since midnight UTC; undefined for a time that does not exist. */
function dividedDate(text: string): { date: string; milliseconds: number } | undefined {
  const found = clock.exec(text);
  if (!found)
    return {
      date: text
        .replace(weekday, "")
        .replace(/(?:T|Z)$/, "")
        .trim(),
      milliseconds: 0,
    };
  const [whole, hours, minutes, seconds = "0", fraction = "0", half] = found;
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === "p" ? 12 : 0) : Number(hours);
  if (hour > 24 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const after = text.slice(found.index + whole.length);
  const offset = zone.exec(after);
  const [zoneText = "", sign, zoneHour = "0", zoneMinute = "0", name = ""] = offset ?? [];
  const zoneMinutes = sign
    ? (sign === "-" ? 1 : -1) * (60 * Number(zoneHour) + Number(zoneMinute))
    : 60 * (zoneHours[name.toLowerCase()] ?? 0);
  const date = `${text.slice(0, found.index)} ${after.slice(zoneText.length)}`.replace(weekday, "");
  return {
    date: date.trim().replace(/[T,]$/, "").trim(),
    milliseconds:
      ((60 * hour + Number(minutes) + zoneMinutes) * 60 + Number(seconds)) * 1000 + Number(`0.${fraction}`) * 1000,
  };
}

/** Undefined for a text that is not a date. */
function dayOf(date: string, order: DayOrder): Day | undefined {
  const [, year, month, day = "1"] = yearFirst.exec(date) ?? [];
  if (year !== undefined) return { year: Number(year), month: Number(month), day: Number(day) };
  const [, first, separator, second, last] = yearLast.exec(date) ?? [];
  if (first !== undefined) {
    const dayFirst = separator === "." || order === "dayFirst";
    const [dayText, monthText] = dayFirst ? [first, second] : [second, first];
    return { year: fullYear(last!), month: Number(monthText), day: Number(dayText) };
  }
  return dayOfNamedMonth(date);
}

/** As in 3 June 2015, June 3rd, 2015, 03-Jun-15 and June 2015. */
function dayOfNamedMonth(date: string): Day | undefined {
  const words = date.toLowerCase().split(/[\s,./-]+/);
  const months = words.flatMap((word) => {
    const month = word.length < 3 ? -1 : monthNames.findIndex((name) => name.startsWith(word));
    return month === -1 ? [] : [month + 1];
  });
  const numbers = words.flatMap((word) => /^(\d{1,4})(?:st|nd|rd|th)?$/.exec(word)?.[1] ?? []);
  const [month] = months;
  if (month === undefined || months.length + numbers.length !== words.length || numbers.length > 2) return undefined;
  const [day = "1", year] =
    numbers.length === 1 ? ["1", numbers[0]] : numbers[0]?.length === 4 ? numbers.toReversed() : numbers;
  return year === undefined || (year.length !== 4 && numbers.length === 1)
    ? undefined
    : { year: fullYear(year), month, day: Number(day) };
}

/** Years of two digits are those from 1970 to 2069. */
const fullYear = (year: string): number =>
  year.length > 2 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900);

/** Milliseconds since 1970 in UTC; a time without a zone is in UTC. Undefined for a text that is not a date. */
function dateOf(text: string, order: DayOrder): number | undefined {
  const divided = dividedDate(text);
  const found = divided && dayOf(divided.date, order);
  if (found === undefined) return undefined;
  const { year, month, day } = found;
  const time = Date.UTC(year, month - 1, day);
  const exists = new Date(time).getUTCMonth() === month - 1 && new Date(time).getUTCDate() === day;
  return exists ? time + divided!.milliseconds : undefined;
}

const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));

/** The order of day and month that a date shows: either if it does not matter to it; undefined if it can be read in two ways. */
function shownOrder(text: string): DayOrder | "either" | undefined {
  const [, first, separator, second] = yearLast.exec(dividedDate(text)?.date ?? "") ?? [];
  if (first === undefined || separator === "." || first === second) return "either";
  if (Number(first) > 12) return "dayFirst";
  return Number(second) > 12 ? "monthFirst" : undefined;
}

const isDate = (text: string): boolean =>
  dateOf(text, "dayFirst") !== undefined || dateOf(text, "monthFirst") !== undefined;

/** How the times of a column are read. */
export type TimeFormat = { column: string; kind: "numbers" } | { column: string; kind: "dates"; order: DayOrder };

/**
 * The format of a column. Reads it up to the first time that shows it.
 * @throws UserError if no time shows it, and if all dates can be read in two ways
 */
export async function timeFormatIn(column: string, times: AsyncIterable<string>): Promise<TimeFormat> {
  let ambiguous: string | undefined;
  for await (const cell of times) {
    const text = cell.trim();
    if (ambiguous === undefined && isNumber(text)) return { column, kind: "numbers" };
    if (!isDate(text)) continue;
    const order = shownOrder(text);
    if (order === undefined) ambiguous ??= text;
    else if (order !== "either") return { column, kind: "dates", order };
    else if (ambiguous === undefined) return { column, kind: "dates", order: "dayFirst" };
  }
  throw new UserError(
    ambiguous === undefined
      ? `column ${column} has no times, which are dates such as 2020-01-31 or numbers; name another --time-column`
      : `the dates of column ${column}, such as ${ambiguous}, can be read in two ways; write them as in 2020-01-31`,
  );
}

/** @returns a number that is larger for a later time @throws UserError for a text that has not this format */
export function readTime(text: string, format: TimeFormat): number {
  const trimmed = text.trim();
  const isRead = format.kind === "dates" || isNumber(trimmed);
  const time = !isRead ? undefined : format.kind === "numbers" ? Number(trimmed) : dateOf(trimmed, format.order);
  if (time !== undefined) return time;
  const expected = format.kind === "dates" ? "a date" : "a number";
  throw new UserError(`${format.column} is ${trimmed === "" ? "empty" : `not ${expected}: ${trimmed.slice(0, 40)}`}`);
}
