/** @file What looks wrong in a corpus is said with the option to change. */
import { expect, test } from "vitest";
import { corpusWarnings, type Warned } from "../../src/examples/corpusWarnings.js";
import { refuseOwnLabels } from "../../src/examples/corpusSummary.js";

const counts = { documents: 100, characters: 500, tokens: 100, unknown: 0 };
const none = { texts: 0, groups: 0 };
const warned = (summary: Partial<Warned["summary"]>, others: Partial<Warned> = {}): string[] =>
  corpusWarnings({
    task: "classifier",
    summary: {
      taskReason: "because its documents have labels",
      documents: 100,
      labels: [],
      copies: 0,
      copiesTogether: true,
      cut: 0,
      cutSteps: 0,
      skipped: {},
      documentsInParts: 100,
      known: { training: none, validation: none, test: none },
      ...summary,
    },
    counts: { training: counts, validation: counts, test: counts },
    tokenizer: "words",
    maxLength: 400,
    fractions: { validation: 0.1, test: 0.1 },
    ...others,
  });

test.each<[string, string[], RegExp]>([
  ["of several labels in a line", warned({ moreLabels: 7 }), /^7 of 100 documents have several labels/],
  [
    "of another case",
    warned({
      labels: [
        ["Good", 60],
        ["good", 40],
      ],
    }),
    /"Good" and "good" are different labels.*--label-column/,
  ],
  [
    "of another number spelling",
    warned({
      labels: [
        ["1", 60],
        ["1.0", 40],
      ],
    }),
    /"1" and "1.0" are different labels/,
  ],
  [
    "that mean missing",
    warned({
      labels: [
        ["a", 60],
        ["NaN", 40],
      ],
    }),
    /"NaN" is a label of 40 documents/,
  ],
  [
    "of few documents",
    warned({
      labels: [
        ["a", 97],
        ["b", 3],
      ],
    }),
    /a label has fewer than 5 documents: b 3; it can hardly be learned/,
  ],
  [
    "of too many kinds",
    warned({ labels: Array.from({ length: 40 }, (_, index) => [`label ${index}`, 5] as const), documents: 120 }),
    /40 labels for 120 documents; .*--label-column.*--task regressor/,
  ],
])("train: labels %s are a warning", (_, warnings, expected) => {
  expect(warnings).toEqual([expect.stringMatching(expected)]);
});

test.each<[string, string[], RegExp]>([
  ["cut texts", warned({ cut: 30 }), /30 of 100 documents are longer than --max-length 400/],
  ["one cut text", warned({ cut: 1 }), /^1 of 100 documents is longer than .* reads more of it$/],
  [
    "test texts in the training corpus",
    warned({ known: { training: none, validation: none, test: { texts: 7, groups: 0 } } }),
    /7 of 100 texts of the --test file/,
  ],
  [
    "groups of a validation file in the training corpus",
    warned({
      known: { training: none, validation: { texts: 0, groups: 9 }, test: none },
      groups: { column: "author", count: 20, largest: 9 },
    }),
    /9 of 100 documents of the --validation file are of a group \(author\).*--group-column/,
  ],
  [
    "groups that are too large for a smaller part",
    warned(
      { groups: { column: "author", count: 3, largest: 40 } },
      { counts: { training: counts, validation: counts, test: { ...counts, documents: 0, tokens: 0 } } },
    ),
    /the test part is empty, because the groups of author are too large \(up to 40 of 100 documents\); give a larger --test/,
  ],
  [
    "copies that leave a smaller part empty",
    warned(
      { copies: 98, documents: 100 },
      { counts: { training: counts, validation: counts, test: { ...counts, documents: 0, tokens: 0 } } },
    ),
    /^the test part is empty, because 98 of 100 documents repeat the text of another, .*; give a larger --test, or a file$/,
  ],
  [
    "few documents that leave a smaller part empty",
    warned({}, { counts: { training: counts, validation: { ...counts, documents: 0, tokens: 0 }, test: counts } }),
    /^the validation part is empty, because the corpus is too small/,
  ],
  [
    "equal texts of many groups",
    warned({ groups: { column: "author", count: 30, largest: 5 }, copies: 60, copiesTogether: false }),
    /equal texts of different groups may be in different parts.*--group-column/,
  ],
  [
    "a text that is hardly cut",
    warned({}, { counts: { training: { ...counts, characters: 5000 }, validation: counts, test: counts } }),
    /50 characters on average.*--tokenizer characters/,
  ],
  [
    "unknown tokens",
    warned({}, { counts: { training: counts, validation: counts, test: { ...counts, unknown: 30 } } }),
    /30 % of the tokens of the test part are unknown/,
  ],
])("train: %s are a warning", (_, warnings, expected) => {
  expect(warnings).toEqual([expect.stringMatching(expected)]);
});

test("train: nothing is said of an ordinary corpus", () => {
  expect(
    warned({
      labels: [
        ["a", 60],
        ["b", 40],
      ],
    }),
  ).toEqual([]);
});

test("train: a label of its own for each document is refused", () => {
  const labels = Array.from({ length: 30 }, (_, index) => `id ${index}`);
  expect(() => refuseOwnLabels("x.csv", "classifier", { documents: 30, characters: 0, labels })).toThrow(
    /each of the 30 documents has a label of its own .*--label-column/,
  );
});
