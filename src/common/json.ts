/** @file Types and checks of JSON data, and a readable layout. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** A key with the value undefined counts as absent. */
export type JsonObject = { [key: string]: JsonValue | undefined };

const maxDepth = 64;
const width = 120; // characters
const indent = "  ";

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is JSON at all depths: finite numbers only, no `__proto__` key, at most 64 levels. */
export function isJson(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth === maxDepth) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  return Object.entries(value).every(
    ([key, item]) => key !== "__proto__" && (item === undefined || isJson(item, depth + 1)),
  );
}

export const isJsonObject = (value: unknown): value is JsonObject => isObject(value) && isJson(value);

/** The object with null in place of numbers that are not finite, because JSON has none. */
export const withFiniteNumbers = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, value === undefined ? value : finite(value)]));

function finite(value: JsonValue): JsonValue {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(finite);
  return isObject(value) ? withFiniteNumbers(value) : value;
}

/** JSON in one line, with the keys of each object in the order of their code units. */
export const canonicalJson = (value: JsonValue): string =>
  JSON.stringify(value, (_, item: JsonValue) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))) : item,
  );

/**
 * JSON indented by two spaces. A value of up to 120 characters is one line; a long list of plain values fills its lines:
 * a history has one line for each entry, a vocabulary is one paragraph.
 */
export function formatJson(value: JsonValue, margin = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const inner = margin + indent;
  const parts = list
    ? value.map((item) => formatJson(item, inner))
    : Object.entries(value).flatMap(([key, item]) =>
        item === undefined ? [] : `${JSON.stringify(key)}: ${formatJson(item, inner)}`,
      );
  const [open, close, space] = list ? ["[", "]", ""] : ["{", "}", " "];
  if (parts.length === 0) return open + close;
  const length = parts.reduce((sum, part) => sum + part.length + 2, margin.length + 2);
  if (length <= width && !parts.some((part) => part.includes("\n"))) {
    return open + space + parts.join(", ") + space + close;
  }
  const plain = list && value.every((item) => typeof item !== "object" || item === null);
  const lines = plain ? filled(parts, width - inner.length) : parts;
  return `${open}\n${lines.map((line) => inner + line).join(",\n")}\n${margin}${close}`;
}

/** Joins parts by ", " into lines of at most `room` characters. */
function filled(parts: string[], room: number): string[] {
  const lines: string[][] = [];
  let left = 0;
  for (const part of parts) {
    if (left < part.length + 2 || lines.length === 0) {
      lines.push([]);
      left = room;
    }
    lines.at(-1)!.push(part);
    left -= part.length + 2;
  }
  return lines.map((line) => line.join(", "));
}
