/** @file Rows of numbers as a person types them. */
import { expect, test } from "vitest";
import { rowsOf } from "../../src/browser/typedRows.js";

test("page: numbers are separated by commas, semicolons or spaces; empty lines are skipped", () => {
  expect(rowsOf("1, 2.5\n\n-3;4e1\n 5\t6 \n", 2)).toEqual({ width: 2, values: Float32Array.of(1, 2.5, -3, 40, 5, 6) });
  expect(rowsOf("", 2).values).toHaveLength(0);
});

test("page: of more rows than the network reads, the last ones are used", () => {
  expect(rowsOf("1\n2\n3\n", 1, 2).values).toEqual(Float32Array.of(2, 3));
});

test("page: an invalid row is an error with its line number", () => {
  expect(() => rowsOf("1,2\n3", 2)).toThrow("line 2: expected a row of 2, got 1 numbers");
  expect(() => rowsOf("1,two", 2)).toThrow("line 1: “two” is not a number");
  expect(() => rowsOf("1,Infinity", 2)).toThrow("line 1: “Infinity” is not a number");
});
