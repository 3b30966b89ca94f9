/**
 * @file Named arrays as bytes in the safetensors format: the header's length (8 bytes, little-endian), a JSON header, raw values.
 * Source: https://huggingface.co/docs/safetensors/index#format and the rules of its README ("Format"): no holes, no overlaps, row-major.
 */
import * as v from "valibot";
import { problemsOf } from "../common/checked.js";
import { UserError } from "../common/errors.js";
import { isObject } from "../common/json.js";

/** Arrays by name; the product of a shape is the number of values. */
export type NamedArrays = Map<string, { shape: number[]; values: Float32Array | Int32Array }>;

/** Arrays that can be written; those of small integers are read as int32. */
export type StorableArrays = ReadonlyMap<
  string,
  { shape: number[]; values: Float32Array | Int32Array | Uint16Array | Uint8Array | Int8Array }
>;

/** The array type of each dtype. Small integers are read as int32, floats of other sizes as float32. */
const dtypes = {
  F32: Float32Array,
  F64: Float64Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I32: Int32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
};
type Dtype = keyof typeof dtypes;

const reserved = "__metadata__";
const prefixBytes = 8; // the header's length
const maxHeaderBytes = 2 ** 24; // 100,000 arrays; parsing more of a hostile header exhausts the memory

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entrySchema = v.strictObject({
  dtype: v.custom<Dtype>(
    (name) => typeof name === "string" && Object.hasOwn(dtypes, name),
    `expected one of ${Object.keys(dtypes).join(", ")}`,
  ),
  shape: v.array(size),
  data_offsets: v.strictTuple([size, size]),
});
type Entry = v.InferOutput<typeof entrySchema>;

const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/**
 * The chunks of a file with these arrays. They are views: the arrays must not change until the chunks are written.
 * @param metadata for the header
 */
export function encodeSafetensors(arrays: StorableArrays, metadata?: Record<string, string>): Uint8Array[] {
  const entries: [string, Entry | Record<string, string>][] = metadata ? [[reserved, metadata]] : [];
  const chunks: Uint8Array[] = [];
  let end = 0;
  for (const [name, { shape, values }] of arrays) {
    if (name === reserved || countOf(shape) !== values.length) {
      throw new Error(
        `array ${name} of shape [${shape.join(", ")}] cannot hold ${values.length} values under that name`,
      );
    }
    const begin = end;
    end += values.byteLength;
    const dtype = dtypeOf(values);
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
    chunks.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const header = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20); // spaces align the values
  header.set(text);
  const length = new Uint8Array(prefixBytes);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return [length, header, ...chunks];
}

/**
 * The arrays of a safetensors file, as views of its bytes if these are aligned.
 * @throws UserError for a length, an offset, a type or a shape that the format does not allow
 */
export function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>): NamedArrays {
  const damaged = (problem: string) => new UserError(`damaged safetensors: ${problem}`);
  if (bytes.length < prefixBytes) throw damaged(`it ends after ${bytes.length} bytes`);
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (headerLength > maxHeaderBytes || headerLength > bytes.length - prefixBytes) {
    throw damaged(`a header of ${headerLength} bytes in a file of ${bytes.length}`);
  }
  const data = bytes.subarray(prefixBytes + Number(headerLength));
  const header = parseHeader(bytes.subarray(prefixBytes, prefixBytes + Number(headerLength)));
  if (!header) throw damaged("its header is not a JSON object");

  const arrays: NamedArrays = new Map();
  const spans: Entry["data_offsets"][] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === reserved) continue;
    const parsed = v.safeParse(entrySchema, value);
    if (!parsed.success) throw damaged(`array ${JSON.stringify(name)}: ${problemsOf(parsed.issues)}`);
    const { dtype, shape, data_offsets: span } = parsed.output;
    const [begin, end] = span;
    const expected = countOf(shape) * dtypes[dtype].BYTES_PER_ELEMENT;
    if (end > data.length || end - begin !== expected) {
      throw damaged(
        `array ${JSON.stringify(name)} of ${dtype} [${shape.join(", ")}] needs ${expected} bytes, ` +
          `but has bytes ${begin} to ${end} of ${data.length}`,
      );
    }
    spans.push(span);
    arrays.set(name, { shape, values: readValues(data.subarray(begin, end), dtype) });
  }
  const gap = firstGap(spans, data.length);
  if (gap !== undefined) throw damaged(`its arrays overlap or leave bytes unused at ${gap}`);
  return arrays;
}

function dtypeOf(values: Float32Array | Int32Array | Uint16Array | Uint8Array | Int8Array): Dtype {
  if (values instanceof Float32Array) return "F32";
  if (values instanceof Int32Array) return "I32";
  if (values instanceof Uint16Array) return "U16";
  return values instanceof Int8Array ? "I8" : "U8";
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isObject(header) ? header : undefined;
  } catch {
    return undefined;
  }
}

function readValues(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype): Float32Array | Int32Array {
  const stored = dtypes[dtype];
  const aligned = bytes.byteOffset % stored.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes); // `slice` of a Buffer would not copy
  const values = new stored(aligned.buffer, aligned.byteOffset, aligned.length / stored.BYTES_PER_ELEMENT);
  if (values instanceof Float32Array || values instanceof Int32Array) return values;
  if (dtype === "F64") return Float32Array.from(values);
  return dtype === "F16" || dtype === "BF16" ? widened(values, dtype) : Int32Array.from(values);
}

/** Floats of 16 bits: bfloat16 is the first half of one of 32; IEEE 754's half precision has 5 bits of exponent and 10 of fraction. */
function widened(stored: ArrayLike<number>, dtype: "F16" | "BF16"): Float32Array {
  const bits = Uint32Array.from({ length: stored.length }, (_, index) => stored[index]! << 16);
  if (dtype === "BF16") return new Float32Array(bits.buffer);
  return Float32Array.from(bits, (word) => {
    const exponent = (word >>> 26) & 0x1f;
    const fraction = (word >>> 16) & 0x3ff;
    const sign = word >>> 31 ? -1 : 1;
    if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
  });
}

/** The first offset where the sorted spans overlap or leave a gap, or undefined if they fill all bytes. */
function firstGap(spans: Entry["data_offsets"][], bytes: number): number | undefined {
  let filled = 0;
  for (const [begin, end] of spans.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (begin !== filled) return filled;
    filled = end;
  }
  return filled === bytes ? undefined : filled;
}
