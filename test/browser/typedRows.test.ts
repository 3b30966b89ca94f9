/** @file Rows of numbers as a person types them. */
import { expect, test } from "vitest";
import { rowsOf } from "../../src/browser/typedRows.js";

test("numbers stand between commas, semicolons or spaces; empty lines are none", () => {
  expect(rowsOf("1, 2.5\n\n-3;4e1\n 5\t6 \n", 2)).toEqual({ width: 2, values: Float32Array.of(1, 2.5, -3, 40, 5, 6) });
  expect(rowsOf("", 2).values).toHaveLength(0);
});

test("of more rows than a network reads, the last are taken", () => {
  expect(rowsOf("1\n2\n3\n", 1, 2).values).toEqual(Float32Array.of(2, 3));
});

test("what is no row is told with its line", () => {
  expect(() => rowsOf("1,2\n3", 2)).toThrow("line 2: expected a row of 2, got one of 1");
  expect(() => rowsOf("1,two", 2)).toThrow("line 1: “two” is not a number");
  expect(() => rowsOf("1,Infinity", 2)).toThrow("line 1: “Infinity” is not a number");
});
