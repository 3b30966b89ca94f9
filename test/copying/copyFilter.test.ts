import { array, assert, integer, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { CopyFilter } from "../../src/copying/copyFilter.js";
import { type CopyUnits, copyUnitsOf, lengthIn, unitsOf } from "../../src/copying/copyUnits.js";
import { RunHash } from "../../src/copying/runHash.js";
import { tokenizerTrainer } from "../../src/tokenizers/index.js";

const counted: CopyUnits = { name: "words", ofToken: [], isCounted: () => true, lineBreaks: new Uint8Array() };

/** Whether each run of the text of the filter's length may be in the corpus. */
function answers(filter: CopyFilter, text: readonly number[], { isCounted }: CopyUnits = counted): boolean[] {
  const hash = new RunHash(filter.length, isCounted);
  return text.flatMap((unit) => {
    hash.push(unit);
    return hash.isFull ? [filter.has(hash)] : [];
  });
}

describe("the filter of a corpus", () => {
  test("copying: a filter has each run of the corpus, whatever came before it", () => {
    const sequences = array(nat(5), { minLength: 4, maxLength: 60 });
    assert(
      property(sequences, integer({ min: 1, max: 4 }), nat(56), (corpus, length, start) => {
        const filter = CopyFilter.empty(length, corpus.length);
        filter.reader(counted).read(corpus);
        expect(answers(filter, [9, 9, ...corpus.slice(start)]).slice(length + 1)).not.toContain(false);
      }),
    );
  });

  test("copying: at most 0.5 % of other runs pass for runs of the corpus", () => {
    const corpus = Array.from({ length: 50_000 }, (_, index) => (index * 7919 + (index >> 2) * 104_729) % 30_011);
    const filter = CopyFilter.empty(3, corpus.length);
    filter.reader(counted).read(corpus);
    const others = answers(
      filter,
      corpus.map((unit) => unit + 40_000),
    );
    expect(others.filter(Boolean).length / others.length).toBeLessThan(0.005);
  });

  test("copying: a run of characters counts characters, not bytes", () => {
    const trainer = tokenizerTrainer("subwords", { vocabulary: 300 });
    trainer.add("größer als größte Größe");
    const tokenizer = trainer.finish();
    const units = copyUnitsOf(tokenizer);
    const text = unitsOf(units, tokenizer.encode("größer"));
    expect([text.length, lengthIn(units, text)]).toEqual([8, 6]);
    const filter = CopyFilter.empty(6, 100);
    filter.reader(units).read(unitsOf(units, tokenizer.encode("größer als")));
    expect(answers(filter, text, units).at(-1)).toBe(true);
    expect(answers(filter, unitsOf(units, tokenizer.encode("größte")), units).at(-1)).toBe(false);
  });

  test("copying: words are units of their own, and spaces are none", () => {
    const trainer = tokenizerTrainer("words", {});
    trainer.add("One  fox, and another fox.\n");
    const tokenizer = trainer.finish();
    const units = copyUnitsOf(tokenizer);
    expect(unitsOf(units, tokenizer.encode("One  fox,\nand")).length).toBe(4);
    expect(units.name).toBe("words");
  });
});
