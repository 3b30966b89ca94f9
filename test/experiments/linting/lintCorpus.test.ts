/** @file `rnn lint`: planted faults are found, and a clean corpus has none. */
import * as fc from "fast-check";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wrongLabels } from "../../../src/experiments/linting/wrongLabels.js";
import { lint } from "../../../src/index.js";
import { folderWith } from "../../support/folder.js";
import { csvOf } from "../../support/texts.js";

const things = ["ladder", "bell", "basket", "lamp", "kettle", "coat", "chair", "clock", "spoon", "table"];
const places = ["kitchen", "garden", "office", "cellar", "attic", "garage", "hall", "shed"];
const words = {
  praise: ["lovely", "warm", "helpful", "sturdy", "cheerful", "bright", "handy"],
  blame: ["broken", "dull", "rude", "flimsy", "sour", "noisy", "dirty"],
  question: ["when", "where", "why", "how", "who", "whose", "which"],
} as const;
const labels = Object.keys(words) as (keyof typeof words)[];

/** Different texts, whose words determine their label; labels alternate. */
const clean = (count: number): { text: string; label: string }[] =>
  Array.from({ length: count }, (_, index) => {
    const label = labels[index % 3]!;
    const pair = Math.floor(index / 3);
    const [first, second] = [words[label][pair % 7]!, words[label][Math.floor(pair / 7) % 7]!];
    const nouns = `the ${things[pair % 10]!} in the ${places[Math.floor(pair / 10) % 8]!}`;
    return { text: `${first} ${second}, ${nouns}, as seen on day ${index}`, label };
  });

const corpusOf = (rows: { text: string; label: string }[]): string =>
  join(folderWith({ "data.csv": csvOf(rows) }), "data.csv");

test("lint: a clean corpus has no finding", async () => {
  expect(await lint(corpusOf(clean(300)))).toMatchObject({
    documents: 300,
    acrossParts: [],
    conflicts: [],
    suspects: [],
    spelledAlike: [],
    duplicates: [],
    nearEmpty: [],
    rareLabels: [],
    skipped: [],
  });
});

test("lint: of 5 % planted wrong labels most are suspects, with their lines and right labels, and few others are", async () => {
  const rows = clean(600);
  const planted = Array.from({ length: 30 }, (_, index) => index * 19 + 7); // in step with none of the words
  const rightLabels = new Map(planted.map((row) => [row + 2, rows[row]!.label])); // by line
  for (const row of planted) rows[row]!.label = labels[(row + 1 + (row % 2)) % 3]!;
  const suspects = (await lint(corpusOf(rows))).suspects!;
  const hits = suspects.filter(({ line }) => rightLabels.has(line!));
  expect(hits.length).toBeGreaterThanOrEqual(27);
  expect(suspects.length - hits.length).toBeLessThanOrEqual(3);
  for (const { line, label, suggested } of hits) {
    expect(suggested).toBe(rightLabels.get(line!));
    expect(label).not.toBe(suggested);
  }
  const margins = suspects.map(({ probability, givenProbability }) => probability - givenProbability);
  expect(margins).toEqual(margins.toSorted((left, right) => right - left));
});

test("lint: copies, conflicting labels, near-empty texts, rare labels and labels spelled alike are listed with their lines", async () => {
  const rows = clean(90);
  const [first, second] = [rows[0]!, rows[1]!];
  rows.push({ text: first.text.replace(" ", "  "), label: "blame" }); // line 92
  rows.push({ ...second }, { text: "?!", label: "question" }, { text: "quite another text", label: "Praise" });
  const path = corpusOf(rows);
  const found = await lint(path);
  const at = (line: number, label: string) => ({ file: path, line, label });
  expect(found.conflicts).toEqual([{ text: first.text, places: [at(2, "praise"), at(92, "blame")] }]);
  expect(found.duplicates).toEqual([{ text: second.text, places: [at(3, "blame"), at(93, "blame")] }]);
  expect(found.nearEmpty).toEqual([{ text: "?!", ...at(94, "question") }]);
  expect(found.rareLabels).toEqual([["Praise", 1]]);
  expect(found.spelledAlike).toEqual([["praise", "Praise"]]);
});

test("lint: texts of the test file that are in the corpus are listed with both places", async () => {
  const rows = clean(60);
  const folder = folderWith({ "data.csv": csvOf(rows), "held.csv": csvOf([rows[4]!, ...clean(90).slice(60)]) });
  const [data, held] = [join(folder, "data.csv"), join(folder, "held.csv")];
  const { acrossParts, duplicates, documents } = await lint(data, { test: held });
  const { text, label } = rows[4]!;
  expect(acrossParts).toEqual([
    {
      text,
      places: [
        { file: data, line: 6, label },
        { file: held, line: 2, label },
      ],
    },
  ]);
  expect([duplicates, documents]).toEqual([[], 91]);
});

test("lint: a corpus without labels, or with measured numbers, is refused in a line", async () => {
  const folder = folderWith({
    "plain.txt": "one text\nanother\n",
    "numbers.csv": csvOf(clean(60).map(({ text }, index) => ({ text, label: `${index}.5` }))),
  });
  await expect(lint(join(folder, "plain.txt"))).rejects.toThrow(/no labels in it; name the column .* --label-column/);
  await expect(lint(join(folder, "numbers.csv"))).rejects.toThrow(/60 different numbers, not classes/);
});

test("lint: suspects are those of the rule of confident learning, row by row", () => {
  const classes = 4;
  const row = fc
    .array(fc.integer({ min: 1, max: 1000 }), { minLength: classes, maxLength: classes })
    .map((values) => values.map((value) => value / values.reduce((sum, one) => sum + one, 0)));
  const rows = fc.array(fc.tuple(row, fc.nat(classes - 1)), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(rows, (pairs) => {
      const probabilities = pairs.map(([own]) => own);
      const given = pairs.map(([, label]) => label);
      const threshold = (label: number): number => {
        const own = pairs.filter(([, other]) => other === label).map(([values]) => values[label]!);
        return own.length === 0 ? Infinity : own.reduce((sum, value) => sum + value, 0) / own.length;
      };
      const expected = pairs.flatMap(([own, label], index) => {
        const candidates = own.flatMap((value, other) =>
          other !== label && value >= threshold(other) && value > own[label]! ? [value] : [],
        );
        return candidates.length === 0 ? [] : [{ row: index, probability: Math.max(...candidates) }];
      });
      const found = wrongLabels(probabilities, given);
      expect(
        found
          .map(({ row: index, probability }) => ({ row: index, probability }))
          .toSorted((left, right) => left.row - right.row),
      ).toEqual(expected);
      for (const { row: at, suggested, probability, margin } of found) {
        expect(probabilities[at]![suggested]).toBe(probability);
        expect(margin).toBe(probability - probabilities[at]![given[at]!]!);
      }
      const margins = found.map(({ margin }) => margin);
      expect(margins).toEqual(margins.toSorted((left, right) => right - left));
    }),
  );
});

test("lint: of sets of labels, missing and wrong members are suspects, with the set that is suggested", async () => {
  const rows = Array.from({ length: 400 }, (_, index) => {
    const [has, also] = [index % 2 === 0, Math.floor(index / 2) % 2 === 0];
    const text = `${has ? words.praise[index % 7]! : words.question[index % 7]!} ${also ? words.blame[index % 5]! : "plain"} on day ${index}`;
    return { text, labels: [...(has ? ["praise"] : []), ...(also ? ["blame"] : [])] };
  });
  rows[40]!.labels = ["blame"]; // praise is missing
  rows[43]!.labels = ["blame", "praise"]; // it has too much
  rows.push({ text: rows[7]!.text, labels: ["praise"] }, { text: rows[4]!.text, labels: ["praise", "blame"] });
  rows.push({ text: "a word of its own", labels: ["rare"] });
  const path = join(folderWith({ "data.jsonl": rows.map((row) => JSON.stringify(row)).join("\n") }), "data.jsonl");
  await expect(lint(path, { labelColumn: "labels" })).rejects.toThrow(/add --multilabel if a text has several labels/);
  const found = await lint(path, { multilabel: true });
  expect(found).toMatchObject({ documents: 403, rareLabels: [["rare", 1]] });
  const at = (line: number, label: string) => ({ file: path, line, label });
  expect(found.conflicts).toMatchObject([{ places: [at(8, ""), at(401, "praise")] }]);
  expect(found.duplicates).toMatchObject([{ places: [at(5, "blame|praise"), at(402, "blame|praise")] }]);
  const suspects = new Map(found.suspects!.map((suspect) => [suspect.line, suspect]));
  expect(suspects.get(41)).toMatchObject({ label: "blame", suggested: "blame|praise" });
  expect(suspects.get(44)).toMatchObject({ label: "blame|praise" });
  expect(suspects.size).toBeLessThan(8);
  for (const { probability, givenProbability } of found.suspects!)
    expect(probability + givenProbability).toBeCloseTo(1);
});
