/** @file Plain data as JSON: what counts as it, and a layout of it that people can read. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** A key whose value is undefined is as good as absent. */
export type JsonObject = { [key: string]: JsonValue | undefined };

const deepest = 64;
const width = 120;
const indent = "  ";

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is JSON all the way down: finite numbers only, no `__proto__` key, at most 64 levels. */
export function isJson(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth === deepest) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  return Object.entries(value).every(
    ([key, item]) => key !== "__proto__" && (item === undefined || isJson(item, depth + 1)),
  );
}

export const isJsonObject = (value: unknown): value is JsonObject => isObject(value) && isJson(value);

/** The same data with null ("no number") where a number is not finite, which JSON cannot hold. */
export const withFiniteNumbers = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, value === undefined ? value : finite(value)]));

function finite(value: JsonValue): JsonValue {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(finite);
  return isObject(value) ? withFiniteNumbers(value) : value;
}

/**
 * JSON with two spaces a level, where whatever fits stays on one line of 120 characters and long lists of plain values fill
 * their lines: a history is a line an entry, a vocabulary a paragraph.
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

/** Parts joined by ", " into lines that are as long as fits. */
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
