/** @file Numbers with their nouns. */
import { expect, test } from "vitest";
import { agreeing, quantity } from "../../src/common/quantity.js";

test("messages: one thing has a singular noun, other numbers a plural one", () => {
  expect([0, 1, 2, 1234].map((count) => quantity(count, "documents"))).toEqual([
    "0 documents",
    "1 document",
    "2 documents",
    "1,234 documents",
  ]);
  expect([1, 2].map((count) => agreeing(count, "is", "are"))).toEqual(["is", "are"]);
});
