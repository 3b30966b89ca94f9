/** @file Values in files: the same as in memory, whatever is written and read in whatever order. */
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { inFiles } from "../../src/examples/fileValues.js";
import { inMemory, tokenType, type ValueArray } from "../../src/examples/tokenStore.js";

const folder = mkdtempSync(join(tmpdir(), "rnn-values-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOf = ({ buffer, byteOffset, byteLength }: ValueArray): Buffer => Buffer.from(buffer, byteOffset, byteLength);

const types = [Uint8Array, Uint16Array, Int32Array, Float32Array];
const runs = fc.array(fc.record({ length: fc.integer({ min: 0, max: 9000 }), from: fc.nat(), size: fc.nat(20_000) }), {
  maxLength: 12,
});

test("values in a file: the same as in memory, when reads and writes alternate", () => {
  fc.assert(
    fc.property(runs, fc.constantFrom(...types), (steps, type) => {
      const stored = inFiles(folder).store<ValueArray>("a", type);
      const kept = inMemory.store<ValueArray>("a", type);
      let next = 0;
      for (const { length, from, size } of steps) {
        const values = Int32Array.from({ length }, () => next++ % 250);
        stored.push(values);
        kept.push(values);
        expect(stored.length).toBe(kept.length);
        const start = kept.length === 0 ? 0 : from % kept.length;
        expect(bytesOf(stored.slice(start, start + size)).equals(bytesOf(kept.slice(start, start + size)))).toBe(true);
      }
      expect(bytesOf(stored.slice(0, next)).equals(bytesOf(kept.slice(0, next)))).toBe(true);
      stored.dispose();
    }),
    { numRuns: 60 },
  );
});

test("values in a file: more at once than the buffer holds", () => {
  const stored = inFiles(folder).store("a", tokenType(70_000));
  const values = Int32Array.from({ length: 700_000 }, (_, index) => (index * 31) % 70_000);
  stored.push(values.subarray(0, 5));
  stored.push(values.subarray(5));
  expect(bytesOf(stored.slice(0, values.length)).equals(bytesOf(values))).toBe(true);
  expect(stored.slice(699_990, 800_000)).toEqual(values.subarray(699_990));
  stored.dispose();
});

test("values in a file: no file is in the folder while they are used, and those that a killed process left are removed", () => {
  const left = join(folder, "rnn-tokens-left");
  const fresh = join(folder, "rnn-tokens-fresh");
  for (const path of [left, fresh]) writeFileSync(path, "");
  utimesSync(left, 1, 1);
  const stored = inFiles(folder).store("a", Uint8Array);
  stored.push([1, 2, 3]);
  expect(stored.slice(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
  expect(readdirSync(folder)).toEqual(["rnn-tokens-fresh"]);
  stored.dispose();
});

test("values in a file: a folder that cannot be made is an error that names the option", () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  expect(() => inFiles(join(file, "below")).store("a", Uint8Array)).toThrow(/a-file.*--token-cache/);
});
