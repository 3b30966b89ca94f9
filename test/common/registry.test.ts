/** @file Tables that a caller can extend, and the messages about unknown names. */
import { expect, test } from "vitest";
import { nearestNames, suggestion } from "../../src/common/nearest.js";
import { Registry } from "../../src/common/registry.js";

test("nearestNames: a typing error finds the name, the nearest first; distant names find none", () => {
  expect(nearestNames("hiden-size", ["hidden-size", "hide", "units"])).toEqual(["hidden-size"]);
  expect(nearestNames("body", ["subject", "body_text", "label"])).toEqual(["body_text"]);
  expect(nearestNames("zebra", ["units", "layers"])).toEqual([]);
});

test("suggestion: names the nearest names, else all names", () => {
  expect(suggestion("lstn", ["lstm", "gru"], "cells")).toBe("; did you mean lstm?");
  expect(suggestion("xyz", ["text", "label"], "columns")).toBe("; columns are: text, label");
});

test("registry: an added definition is found; taken and unknown names are errors of one line", () => {
  const cells = new Registry("cell", { lstm: 1, gru: 2 });
  cells.define("mine", 3);
  expect(cells.get("mine")).toBe(3);
  expect(cells.names()).toEqual(["lstm", "gru", "mine"]);
  expect(() => cells.define("gru", 4)).toThrow("there is a cell gru already");
  expect(() => cells.get("lstn")).toThrow("unknown cell lstn; did you mean lstm?");
});
