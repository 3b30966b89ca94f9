/** @file vocabulary.json: its regular expressions split texts as the tokenizers do, and it describes a model's inputs and outputs. */
import { assert, property } from "fast-check";
import { expect, test } from "vitest";
import { selectBackend } from "../../../src/engine/backends/index.js";
import { vocabularyOf } from "../../../src/interop/tokenizerJson/exportedVocabulary.js";
import { loadModel } from "../../../src/model/model.js";
import { tokenizerTrainer } from "../../../src/tokenizers/index.js";
import { chunkEnd, codeUnits, pieceEnd, wordEnd } from "../../../src/tokenizers/codeUnits.js";
import { trainedModel } from "../../support/models.js";
import { folderWith } from "../../support/folder.js";
import { csvOf, opinions, tale } from "../../support/texts.js";
import { oddTexts } from "../oddTexts.js";

const ends = { words: wordEnd, whitespace: chunkEnd, subwords: pieceEnd };

const folder = folderWith({ "tale.txt": tale(60), "opinions.csv": csvOf(opinions(40)) });

function piecesOf(text: string, end: (units: Uint16Array, start: number) => number): string[] {
  const units = codeUnits(text);
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) pieces.push(text.slice(at, (at = end(units, at))));
  return pieces;
}

test.each(Object.entries(ends))(
  "vocabulary.json: the regular expression of %s cuts text as the tokenizer does",
  async (kind, end) => {
    await selectBackend("auto");
    const trainer = tokenizerTrainer(kind);
    trainer.add("one two");
    const model = await loadModel("critic", { task: "classifier" });
    const { text } = vocabularyOf({ ...model, inputs: "tokens", tokenizer: trainer.finish() });
    const cut = new RegExp(text!.cut!, "gu");
    const same = (given: string): void => {
      expect(given.match(cut) ?? []).toEqual(piecesOf(given, end));
    };
    same("I don't say well-known things, e.g. 10,000.50 at 12:30 … “never”!?\n\n\tThe  end");
    same(`${" ".repeat(70)}x${"y".repeat(200)}'${"z".repeat(40)} ${"!".repeat(40)}${"\n".repeat(40)}12345`);
    assert(
      property(oddTexts, (given) => same(given.join(""))),
      { numRuns: 500, seed: 1 },
    );
  },
);

test("vocabulary.json: a classifier has its labels and its maximum length", async () => {
  const model = await loadModel("critic", { task: "classifier" });
  const { task, reads, labels, longest, text, writes } = vocabularyOf(model);
  expect({ task, reads, labels, longest, kind: text!.kind, writes }).toEqual({
    task: "classifier",
    reads: "tokens",
    labels: model.labels,
    longest: 400,
    kind: "words",
    writes: undefined,
  });
  expect(text!.tokens.slice(0, 3)).toEqual(["<unk>", "<end>", "<join>"]);
});

test("vocabulary.json: a generator has the ids before a prompt and the ids that are never generated", async () => {
  const stream = vocabularyOf(await trainedModel(`${folder}/stream`, `${folder}/tale.txt`, {}));
  const newline = stream.text!.tokens.indexOf("\n");
  expect(stream.writes).toEqual({ beforePrompt: [], withoutPrompt: [newline], never: [0, 1] });
  expect(stream.longest).toBeUndefined();
});
