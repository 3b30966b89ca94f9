/** @file A large corpus that is kept while it is read: the documents of its second reading are those of the first. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Corpus, Document } from "../../src/corpus/document.js";
import { spooled } from "../../src/examples/documentSpool.js";

const folder = mkdtempSync(join(tmpdir(), "rnn-spool-"));
afterAll(() => rmSync(folder, { recursive: true }));

function corpusOf(documents: readonly Document[]): { corpus: Corpus; readings: () => number } {
  let readings = 0;
  const read = async function* () {
    readings++;
    yield* documents;
  };
  const corpus: Corpus = { name: "made up", shape: "documents", labeled: true, digest: "0", bytes: 1000, read };
  return { corpus, readings: () => readings };
}

async function listOf(documents: AsyncIterable<Document>): Promise<Document[]> {
  const list: Document[] = [];
  for await (const document of documents) list.push(document);
  return list;
}

const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "\uD800", "a\uDC00b", "line\nline", "字"));
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const document = fc
  .record({
    text,
    label: some(text),
    group: some(text),
    line: some(fc.integer({ min: 1, max: 2 ** 32 - 1 })),
    time: some(fc.double({ noNaN: true })),
    numbers: some(fc.array(fc.double(), { minLength: 1, maxLength: 3 })),
  })
  .map(
    (fields) =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Document,
  );

test("kept documents: the second reading gives the same documents and does not read the corpus again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(document, { maxLength: 40 }), async (documents) => {
      const { corpus, readings } = corpusOf(documents);
      const kept = spooled(corpus, folder, 0);
      expect(await listOf(kept.read())).toEqual(documents);
      expect(await listOf(kept.read())).toEqual(documents);
      expect(readings()).toBe(1);
      kept.release?.();
      expect(await listOf(kept.read())).toEqual(documents);
      expect(readings()).toBe(2);
      kept.release?.();
      expect(readdirSync(folder)).toEqual([]);
    }),
  );
});

test("kept documents: texts of many megabytes", async () => {
  const documents = [3_000_000, 10, 0, 2_000_000].map((length) => ({ text: "é".repeat(length), label: "x" }));
  const kept = spooled(corpusOf(documents).corpus, folder, 0);
  await listOf(kept.read());
  let index = 0;
  for await (const read of kept.read()) expect(read.text === documents[index++]!.text).toBe(true);
  expect(index).toBe(4);
  kept.release?.();
});

test("kept documents: a reading that ends early or fails is not used", async () => {
  const { corpus, readings } = corpusOf([{ text: "a" }, { text: "b" }]);
  const kept = spooled(corpus, folder, 0);
  for await (const first of kept.read()) {
    expect(first.text).toBe("a");
    break;
  }
  expect(await listOf(kept.read())).toHaveLength(2);
  expect(readings()).toBe(2);
  kept.release?.();
});

test("kept documents: a small corpus is read again, as before", () => {
  const { corpus } = corpusOf([{ text: "a" }]);
  expect(spooled(corpus, folder)).toBe(corpus);
});
