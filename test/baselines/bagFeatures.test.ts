/** @file The features of a bag of n-grams beside their plain definition. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BagFeatures, type IdDocuments, passedOverBy } from "../../src/baselines/bagFeatures.js";
import { BagRows, rowCounts } from "../../src/baselines/bagRows.js";
import { frequentNgrams } from "../../src/baselines/frequentNgrams.js";
import { tokenizerTrainer } from "../../src/tokenizers/index.js";
import { unknownId } from "../../src/tokenizers/specialTokens.js";

const documentsOf = (texts: readonly (readonly number[])[]): IdDocuments => ({
  count: texts.length,
  ids: (index) => texts[index]!,
});

/** The distinct n-grams of a text up to a length, as texts; none has an unknown token, and ids that are passed over are left out before. */
function ngramsOf(ids: readonly number[], order: number, passedOver: ReadonlySet<number>): Set<string> {
  const read = ids.filter((id) => !passedOver.has(id));
  const found = new Set<string>();
  for (let size = 1; size <= order; size++)
    for (let at = 0; at + size <= read.length; at++) {
      const ngram = read.slice(at, at + size);
      if (!ngram.includes(unknownId)) found.add(ngram.join(" "));
    }
  return found;
}

function nameOf({ list: { prefixes, tokens } }: BagFeatures, feature: number): string {
  const names: number[] = [];
  for (let at = feature; at >= 0; at = prefixes[at]!) names.unshift(tokens[at]!);
  return names.join(" ");
}

const vocabulary = 9;
const passed = new Set([3]);
const passedOver = Uint8Array.from({ length: vocabulary }, (_, id) => Number(passed.has(id)));
const texts = fc.array(fc.array(fc.nat(vocabulary - 1), { maxLength: 12 }), { minLength: 1, maxLength: 12 });

test("bag of n-grams: its features are the n-grams in enough documents, and those of a text the ones that it has", () => {
  fc.assert(
    fc.property(
      texts,
      texts,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      (own, other, order, least) => {
        const counts = new Map<string, number>();
        for (const text of own)
          for (const ngram of ngramsOf(text, order, passed)) counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
        const features = new BagFeatures(frequentNgrams(documentsOf(own), passedOver, { order, least }), passedOver);
        const names = Array.from({ length: features.count }, (_, feature) => nameOf(features, feature));
        const frequent = [...counts].filter(([, count]) => count >= least).map(([ngram]) => ngram);
        expect(names.toSorted()).toEqual(frequent.toSorted());
        for (const text of [...own, ...other]) {
          const { features: numbers, count } = features.of(text);
          const found = Array.from(numbers.subarray(0, count), (feature) => names[feature]!);
          const expected = [...ngramsOf(text, order, passed)].filter((ngram) => frequent.includes(ngram));
          expect(found.toSorted()).toEqual(expected.toSorted());
        }
      },
    ),
  );
});

test("bag of n-grams: rows with shorter n-grams are the first features of each row", () => {
  fc.assert(
    fc.property(texts, (own) => {
      const documents = documentsOf(own);
      const rowsWith = (order: number) => {
        const features = new BagFeatures(frequentNgrams(documents, passedOver, { order, least: 1 }), passedOver);
        return { features, rows: BagRows.from(documents, features) };
      };
      const long = rowsWith(3);
      for (const order of [1, 2]) {
        const short = rowsWith(order);
        const [shorter, cut] = [short.rows.upTo(order), long.rows.upTo(order)];
        const columns = ({ starts, ends, columns: all }: typeof cut, row: number) =>
          Array.from(all.subarray(starts[row], ends[row]));
        for (let row = 0; row < own.length; row++) expect(columns(cut, row)).toEqual(columns(shorter, row));
        expect(Array.from(rowCounts(cut, short.features.count))).toEqual(
          Array.from(rowCounts(shorter, short.features.count)),
        );
      }
    }),
  );
});

test("bag of n-grams: unusual spaces do not come between words", () => {
  const trainer = tokenizerTrainer("words", { lowercase: true });
  trainer.add("Not good . Not good.  Not\n good!");
  const tokenizer = trainer.finish();
  const passedOverWords = passedOverBy(tokenizer);
  const ids = ["not good.", "not  good .", "not\ngood ."].map((text) => tokenizer.encode(text));
  const features = new BagFeatures(
    frequentNgrams(documentsOf(ids), passedOverWords, { order: 3, least: 3 }),
    passedOverWords,
  );
  expect(features.count).toBe(6); // not, good, ".", and the n-grams of two and of three
});
