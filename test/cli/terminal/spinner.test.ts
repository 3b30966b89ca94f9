/** @file The progress of reading a large file: bytes of all bytes, a percentage and a rate, in one line. */
import { expect, test } from "vitest";
import { createReadingText } from "../../../src/cli/terminal/spinner.js";

test("reading: shows the bytes, their share and the rate of each reading of a large file", () => {
  let time = 0;
  const text = createReadingText(() => time);
  const total = 1e9;
  expect(text({ name: "a", read: 262_144, total })).toBe("262 kB of 1 GB  0%");
  time = 10_000;
  expect(text({ name: "a", read: 4e8, total })).toBe("400 MB of 1 GB  40%  40 MB/s");
  time = 11_000;
  expect(text({ name: "a", read: 262_144, total })).toBe("262 kB of 1 GB  0%");
  time = 31_000;
  expect(text({ name: "a", read: total, total })).toBe("1 GB of 1 GB  100%  50 MB/s");
});

test("reading: a small file shows nothing", () => {
  expect(createReadingText()({ name: "a", read: 10, total: 1000 })).toBeUndefined();
});
