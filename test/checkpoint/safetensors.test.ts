/** @file The safetensors format: exact round trips, and errors about invalid files. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, type NamedArrays } from "../../src/checkpoint/safetensors.js";
import { UserError } from "../../src/common/errors.js";

const joined = (chunks: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(chunks));

/** A file with the given header and zeros for values. */
function file(header: unknown, valueBytes: number): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return joined([length, text, new Uint8Array(valueBytes)]);
}

const bits = (values: Float32Array | Int32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

test("safetensors: arrays of any name, shape and value are restored to the bit", () => {
  const array = fc
    .tuple(fc.array(fc.nat(4), { maxLength: 3 }), fc.boolean(), fc.infiniteStream(fc.integer()))
    .map(([shape, floats, stream]) => {
      const words = Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.next().value);
      return { shape, values: floats ? new Float32Array(words.buffer) : words };
    });
  const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "1", "0"));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, array), { maxLength: 5 }), (entries) => {
      const arrays: NamedArrays = new Map(entries.filter(([key]) => key !== "__metadata__"));
      const decoded = decodeSafetensors(joined(encodeSafetensors(arrays, { made: "here" })));
      expect(new Set(decoded.keys())).toEqual(new Set(arrays.keys()));
      for (const [key, { shape, values }] of arrays) {
        expect(decoded.get(key)!.shape).toEqual(shape);
        expect(decoded.get(key)!.values.constructor).toBe(values.constructor);
        expect(bits(decoded.get(key)!.values).equals(bits(values))).toBe(true);
      }
    }),
  );
});

test("safetensors: NaN and infinity are stored like other values", () => {
  const values = new Float32Array([NaN, Infinity, -Infinity, -0, 1e-45]);
  const decoded = decodeSafetensors(joined(encodeSafetensors(new Map([["a", { shape: [5], values }]]))));
  expect(decoded.get("a")!.values).toEqual(values);
});

test("safetensors: the bytes follow the format's specification", () => {
  const chunks = encodeSafetensors(new Map([["a", { shape: [1], values: new Float32Array([1]) }]]), { kind: "b" });
  const header = '{"__metadata__":{"kind":"b"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  const expected = Buffer.concat([
    Buffer.from([padded.length, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from(padded),
    Buffer.from([0, 0, 0x80, 0x3f]),
  ]);
  expect(Buffer.concat(chunks)).toEqual(expected);
});

test("safetensors: small integers of other programs are widened to 32 bits at any offset", () => {
  const bytes = file('{"a":{"dtype":"U16","shape":[2],"data_offsets":[0,4]}}', 4);
  bytes.set([0xff, 0xff, 1, 0], bytes.length - 4);
  expect(decodeSafetensors(bytes).get("a")!.values).toEqual(new Int32Array([65535, 1]));
});

const entry = (shape: unknown, offsets: unknown, dtype: unknown = "F32") => ({ dtype, shape, data_offsets: offsets });

test.each([
  ["an empty file", new Uint8Array(), "ends after 0 bytes"],
  ["a huge header", new Uint8Array(16).fill(255), "header of 18446744073709551615 bytes"],
  ["a header beyond the end", joined([new Uint8Array([9, 0, 0, 0, 0, 0, 0, 0])]), "header of 9 bytes"],
  ["no JSON", file("{", 0), "not a JSON object"],
  ["a list", file("[]", 0), "not a JSON object"],
  ["an unknown type", file({ a: entry([1], [0, 4], "F128") }, 4), "expected one of F32"],
  ["an inherited name as type", file({ a: entry([1], [0, 4], "toString") }, 4), "expected one of F32"],
  ["a negative length", file({ a: entry([-1], [0, 4]) }, 4), '"a": shape.0'],
  ["a fractional length", file({ a: entry([0.5], [0, 2]) }, 2), '"a": shape.0'],
  ["a shape beyond counting", file({ a: entry([2 ** 52, 2 ** 52], [0, 4]) }, 4), "needs"],
  ["values of another size", file({ a: entry([2], [0, 4]) }, 4), "needs 8 bytes"],
  ["offsets the wrong way", file({ a: entry([0], [4, 0]) }, 4), "needs 0 bytes"],
  ["values beyond the end", file({ a: entry([2], [0, 8]) }, 4), "0 to 8 of 4"],
  ["an overlap", file({ a: entry([1], [0, 4]), b: entry([1], [0, 4]) }, 4), "overlap"],
  ["a hole", file({ a: entry([1], [4, 8]) }, 8), "leave bytes unused at 0"],
  ["bytes after the last array", file({ a: entry([1], [0, 4]) }, 8), "unused at 4"],
  ["an unknown key", file({ a: { ...entry([1], [0, 4]), more: 1 } }, 4), "more: unknown key"],
  ["__proto__ with no array in it", file('{"__proto__":{"polluted":1}}', 0), "__proto__"],
])("safetensors: %s is one clear error", (_, bytes, message) => {
  const decode = () => decodeSafetensors(bytes);
  expect(decode).toThrow(UserError);
  expect(decode).toThrow("damaged safetensors");
  expect(decode).toThrow(message);
});

const outcomeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

test("safetensors: damage of any single byte is a clear error or harmless", () => {
  const good = joined(encodeSafetensors(new Map([["abc", { shape: [2, 2], values: new Float32Array(4) }]])));
  for (let offset = 0; offset < good.length; offset++) {
    for (const flip of [1, 0x20, 0x80]) {
      const bytes = good.map((byte, index) => (index === offset ? byte ^ flip : byte));
      expect(outcomeOf(() => decodeSafetensors(bytes))).toSatisfy(
        (outcome) => outcome instanceof Map || outcome instanceof UserError,
      );
    }
  }
});

test("safetensors: values that are not aligned are read, also from a Buffer as `readFile` gives it", () => {
  const header = `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`; // 54 bytes: no multiple of 4
  const bytes = Buffer.alloc(8 + header.length + 8);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  bytes.writeFloatLE(1.5, 8 + header.length);
  bytes.writeFloatLE(-2, 12 + header.length);
  expect(decodeSafetensors(bytes).get("a")?.values).toEqual(new Float32Array([1.5, -2]));
});
