/** @file Tables that a program can add to, and what is said of unknown names. */
import { expect, test } from "vitest";
import { nearestNames, suggestion } from "../../src/common/nearest.js";
import { Registry } from "../../src/common/registry.js";

test("nearest names: a slip finds the name, the nearest first; far names find nothing", () => {
  expect(nearestNames("hiden-size", ["hidden-size", "hide", "units"])).toEqual(["hidden-size"]);
  expect(nearestNames("body", ["subject", "body_text", "label"])).toEqual(["body_text"]);
  expect(nearestNames("zebra", ["units", "layers"])).toEqual([]);
});

test("suggestion: names what is near, else all there is", () => {
  expect(suggestion("lstn", ["lstm", "gru"], "cells")).toBe("; did you mean lstm?");
  expect(suggestion("xyz", ["text", "label"], "columns")).toBe("; columns are: text, label");
});

test("registry: a definition that was added is found; taken and unknown names are one line", () => {
  const cells = new Registry("cell", { lstm: 1, gru: 2 });
  cells.define("mine", 3);
  expect(cells.get("mine")).toBe(3);
  expect(cells.names()).toEqual(["lstm", "gru", "mine"]);
  expect(() => cells.define("gru", 4)).toThrow("there is a cell gru already");
  expect(() => cells.get("lstn")).toThrow("unknown cell lstn; did you mean lstm?");
});
