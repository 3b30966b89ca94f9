/** @file The typed values of options, and the errors about invalid ones. */
import { expect, test } from "vitest";
import { camelCase, describeDefault, settle } from "../../src/options/option.js";
import { choice, duration, flag, list, number, text, whole } from "../../src/options/optionKinds.js";

test.each([
  [whole({}), "12", 12],
  [whole({ from: 0 }), "0", 0],
  [number({ from: 0, to: 1 }), "1", 1],
  [number({ above: 0 }), "1e-3", 0.001],
  [duration, "90", 90],
  [duration, "1.5m", 90],
  [duration, "2h", 7200],
  [list(whole({})), "256, 128", [256, 128]],
  [list(text("NAME")), 'title, "a, ""b""" ,,c', ["title", 'a, "b"', "", "c"]],
  [choice(["adam", "sgd"]), "sgd", "sgd"],
  [text("NAME"), " as it is ", " as it is "],
  [flag, "true", true],
])("options: %# %j is accepted", (option, given, value) => {
  expect(option.parse(given)).toEqual(value);
});

test.each([
  [whole({}), "0", "expected a whole number from 1, got 0"],
  [whole({}), "1.5", "expected a whole number from 1, got 1.5"],
  [whole({}), "", "expected a whole number from 1, got "],
  [whole({}), "many", "expected a whole number from 1, got many"],
  [whole({ from: 0, to: 9 }), "10", "expected a whole number from 0 to 9, got 10"],
  [number({ above: 0 }), "0", "expected a number above 0, got 0"],
  [number({ from: 0, to: 0.95 }), "1", "expected a number from 0 to 0.95, got 1"],
  [number({}), "Infinity", "expected a number, got Infinity"],
  [number({}), "NaN", "expected a number, got NaN"],
  [duration, "0s", "expected a time as in 90s, 5m or 2h, got 0s"],
  [duration, "5 days", "expected a time as in 90s, 5m or 2h, got 5 days"],
  [list(whole({})), "256,,128", "expected a whole number from 1, got "],
  [choice(["adam", "sgd"]), "toString", "expected one of adam, sgd, got toString"],
  [choice(["adam", "sgd"]), "adm", "expected one of adam, sgd, got adm; did you mean adam?"],
])("options: %# %j is an error that says what is expected", (option, given, message) => {
  expect(() => option.parse(given)).toThrow(message);
});

const group = {
  "learning-rate": { ...number({ above: 0 }), default: 0.002, describe: "size of a step" },
  units: {
    ...list(whole({})),
    default: { generator: [256, 256], classifier: [64], regressor: [64], tagger: [160], numbers: [128] },
    describe: "units",
  },
  epochs: { ...whole({}), describe: "how often" },
};

test("options: the default of an option that is not given may depend on the task", () => {
  expect(settle(group, {}, "generator")).toEqual({ learningRate: 0.002, units: [256, 256], epochs: undefined });
  expect(settle(group, { epochs: 3 }, "classifier")).toEqual({ learningRate: 0.002, units: [64], epochs: 3 });
  expect(settle(group, {}, "classifier", "numbers").units).toEqual([128]);
  expect(settle(group, {})).toEqual({ learningRate: 0.002, units: undefined, epochs: undefined });
});

test("help: a default is shown as it is typed", () => {
  expect(describeDefault(group["learning-rate"])).toBe("0.002");
  expect(describeDefault(group.units)).toBe(
    "256,256 (generator), 64 (classifier, regressor), 160 (tagger), 128 (rows of numbers)",
  );
  expect(describeDefault(group.epochs)).toBeUndefined();
  const batchSize = {
    ...whole({}),
    default: { generator: 16, classifier: 32, regressor: 32, tagger: 32 },
    describe: "",
  };
  expect(describeDefault(batchSize)).toBe("16 (generator), 32 (other tasks)");
  const embedding = { ...batchSize, default: { generator: 64, classifier: 64, regressor: 64, tagger: 100 } };
  expect(describeDefault(embedding)).toBe("100 (tagger), 64 (other tasks)");
});

test("options: names with dashes are camelCase in the code", () => {
  expect(camelCase("word-dropout")).toBe("wordDropout");
});
