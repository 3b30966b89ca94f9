import { array, assert, integer, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { CopyFilter } from "../../../src/copying/copyFilter.js";
import { CopyFinder } from "../../../src/copying/copyFinder.js";
import type { CopyUnits } from "../../../src/copying/copyUnits.js";
import { randomStream } from "../../../src/common/random.js";
import { drawAllowed } from "../../../src/inference/generation/constraint.js";
import { novelText } from "../../../src/inference/generation/novelText.js";

const vocabulary = 6;
const ids = Int32Array.from({ length: vocabulary }, (_, id) => id);
const units: CopyUnits = {
  name: "words",
  ofToken: Array.from(ids, (id) => [id]),
  isCounted: () => true,
  lineBreaks: new Uint8Array(vocabulary),
};

/** The longest run of a text that is in a corpus. */
function longestRun(text: readonly number[], corpus: readonly number[]): number {
  const finder = new CopyFinder(text);
  finder.read(corpus);
  return finder.longest()?.length ?? 0;
}

describe("texts without copied runs", () => {
  test("novel: no run is longer than asked, with a filter of any length", () => {
    const corpora = array(nat(vocabulary - 1), { minLength: 10, maxLength: 120 });
    assert(
      property(
        corpora,
        integer({ min: 1, max: 5 }),
        integer({ min: 0, max: 3 }),
        nat(),
        (corpus, longest, less, seed) => {
          const filter = CopyFilter.empty(Math.max(1, longest + 1 - less), corpus.length);
          filter.reader(units).read(corpus);
          const constraint = novelText(filter, units, { longest, prompt: [] });
          const random = randomStream(seed, "novel", 0);
          const draw = (left: Int32Array, uniform: number): number => left[Math.floor(uniform * left.length)]!;
          const text: number[] = [];
          for (let step = 0; step < 60; step++) {
            const token = drawAllowed(constraint, ids, { draw, uniform: random(), redraw: random });
            if (token === -1) break;
            text.push(token);
          }
          expect(longestRun(text, corpus)).toBeLessThanOrEqual(longest);
        },
      ),
    );
  });

  test("novel: a prompt that is a copy ends its run at the first word that would lengthen it", () => {
    const corpus = [0, 1, 2, 3, 4, 5, 0];
    const filter = CopyFilter.empty(3, corpus.length);
    filter.reader(units).read(corpus);
    const constraint = novelText(filter, units, { longest: 2, prompt: [0, 1, 2, 3] });
    expect(Array.from(ids).filter(constraint.allows)).toEqual([0, 1, 2, 3, 5]);
  });

  test("novel: refused draws leave the distribution of the tokens that may follow", () => {
    const weights = [0.3, 0.25, 0.2, 0.1, 0.1, 0.05];
    const may = [1, 3, 5];
    const constraint = { allows: (token: number) => may.includes(token), accept: () => undefined };
    const random = randomStream(3, "novel", 1);
    const draw = (left: Int32Array, uniform: number): number => {
      let rest = uniform * left.reduce((sum, id) => sum + weights[id]!, 0);
      return left.find((id) => (rest -= weights[id]!) < 0) ?? left.at(-1)!;
    };
    const counts = new Map<number, number>();
    for (let index = 0; index < 20_000; index++) {
      const token = drawAllowed(constraint, ids, { draw, uniform: random(), redraw: random });
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    const whole = may.reduce((sum, id) => sum + weights[id]!, 0);
    for (const id of may) expect(counts.get(id)! / 20_000).toBeCloseTo(weights[id]! / whole, 1.8);
    expect([...counts.keys()].toSorted((left, right) => left - right)).toEqual(may);
  });

  test("novel: without a token that may follow, nothing is drawn", () => {
    const constraint = { allows: () => false, accept: () => undefined };
    expect(drawAllowed(constraint, ids, { draw: (left) => left[0]!, uniform: 0, redraw: () => 0 })).toBe(-1);
  });
});
