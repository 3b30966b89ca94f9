/** @file Times of a column: dates in the usual formats, and numbers. */
import { expect, test } from "vitest";
import { readTime, timeFormatIn } from "../../../src/corpus/columns/times.js";

async function* cells(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}
const iso = async (...texts: string[]): Promise<string[]> => {
  const format = await timeFormatIn("date", cells(...texts));
  return texts.map((text) => new Date(readTime(text, format)).toISOString().replace(/(T00:00:00)?\.000Z$/, ""));
};

test.each([
  ["2021-03-04", "2021-03-04"],
  ["2021-03", "2021-03-01"],
  ["2021/3/4", "2021-03-04"],
  ["2021-03-04T05:06:07Z", "2021-03-04T05:06:07"],
  ["2021-03-04 05:06:07+02:00", "2021-03-04T03:06:07"],
  ["2021-03-04T05:06", "2021-03-04T05:06:00"],
  ["04.03.2021", "2021-03-04"],
  ["04.03.2021 17:30", "2021-03-04T17:30:00"],
  ["14/03/2021", "2021-03-14"],
  ["03/14/2021", "2021-03-14"],
  ["03-14-21", "2021-03-14"],
  ["03 14, 2021", "2021-03-14"],
  ["March 4, 2021", "2021-03-04"],
  ["4 March 2021", "2021-03-04"],
  ["4th Mar 2021 5:30 PM", "2021-03-04T17:30:00"],
  ["04-Mar-21", "2021-03-04"],
  ["March 2021", "2021-03-01"],
  ["Thu Mar 04 05:06:07 PST 2021", "2021-03-04T13:06:07"],
  ["Thu, 4 Mar 2021 05:06:07 +0000", "2021-03-04T05:06:07"],
])("times: %s is read as %s", async (text, expected) => {
  expect(await iso(text)).toEqual([expected]);
});

test("times: a later row tells the order of day and month", async () => {
  expect(await iso("3/4/2021", "5/6/2021", "25/6/2021")).toEqual(["2021-04-03", "2021-06-05", "2021-06-25"]);
  expect(await iso("3/4/2021", "6/25/2021")).toEqual(["2021-03-04", "2021-06-25"]);
  await expect(iso("3/4/2021", "5/6/2021")).rejects.toThrow(
    "the dates of column date, such as 3/4/2021, can be read in two ways; write them as in 2020-01-31",
  );
});

test("times: seconds since 1970 and other numbers keep their values", async () => {
  const format = await timeFormatIn("year", cells("1612137600", "2021.5"));
  expect([readTime("1612137600", format), readTime(" 2021.5 ", format)]).toEqual([1612137600, 2021.5]);
  expect(() => readTime("2021-03-04", format)).toThrow("year is not a number: 2021-03-04");
});

test("times: a text that is not a date, and a day that does not exist, are errors", async () => {
  const format = await timeFormatIn("date", cells("", "2021-03-04"));
  for (const text of ["soon", "2021-02-30", "4 apples 2021", "25:00", "2021-03-04 25:00", "12"]) {
    expect(() => readTime(text, format)).toThrow(`date is not a date: ${text}`);
  }
  expect(() => readTime(" ", format)).toThrow("date is empty");
  await expect(timeFormatIn("mood", cells("good", "bad"))).rejects.toThrow(/column mood has no times.*--time-column/);
});
