/** @file The kinds of option by their values: each is spread into a declaration. */
import { nearestNames } from "../common/nearest.js";
import { namesAdded } from "../common/registry.js";
import { emptyList } from "./option.js";

export const flag = { parse: (text: string): boolean => text === "true", default: false } as const;

export const text = (value: string) => ({ value, parse: (given: string): string => given });

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", "\\": "\\" };

/** A text in which `\n`, `\r`, `\t`, `\\`, `\u2014` and `\u{1F98A}` stand for the characters, because not every shell can type them. */
export const escapedText = (value: string) => ({
  value,
  parse: (given: string): string =>
    given.replaceAll(/\\(?:([nrt\\])|u([0-9a-f]{4})|u\{(0*(?:10|[0-9a-f])?[0-9a-f]{1,4})\})/gi, (found, ...groups) => {
      const [name, unit, code] = groups as (string | undefined)[];
      if (name !== undefined) return escapes[name] ?? found;
      return unit === undefined ? String.fromCodePoint(parseInt(code!, 16)) : String.fromCharCode(parseInt(unit, 16));
    }),
});

/** Both are included. */
export type WordRange = { min: number; max: number };

/** As in 20..40, 40 or ..40. */
export const wordRange = {
  value: "MIN..MAX",
  parse: (given: string): WordRange => {
    const [, from, dots, to] = /^(\d{0,9})(\.\.)?(\d{0,9})$/.exec(given.trim()) ?? [];
    const max = Number(dots === undefined ? from : to);
    const min = Number(dots === undefined ? from : from || 0);
    if (max >= 1 && min <= max) return { min, max };
    throw new Error(`expected a number of words from 1, or a range as in 20..40, got ${given}`);
  },
};

/** @param limits both included */
export const number = ({ from = -Infinity, to = Infinity, above = -Infinity }) => ({
  value: "X",
  limits: range(Math.max(from, above), to, above > -Infinity ? "above" : "from").trim(),
  parse: (given: string): number => {
    const parsed = given.trim() === "" ? Number.NaN : Number(given);
    if (Number.isFinite(parsed) && parsed >= from && parsed <= to && parsed > above) return parsed;
    throw new Error(
      `expected a number${range(Math.max(from, above), to, above > -Infinity ? "above" : "from")}, got ${given}`,
    );
  },
});

/** @param limits both included */
export const whole = ({ from = 1, to = Number.MAX_SAFE_INTEGER }) => ({
  value: "N",
  limits: range(from, to, "from").trim(),
  parse: (given: string): number => {
    const parsed = given.trim() === "" ? Number.NaN : Number(given);
    if (Number.isSafeInteger(parsed) && parsed >= from && parsed <= to) return parsed;
    throw new Error(`expected a whole number${range(from, to, "from")}, got ${given}`);
  },
});

/** The length of a training sequence, under the names that other programs have for it. */
export const sequenceLength = (limits: Parameters<typeof whole>[0]) => ({
  ...whole(limits),
  aliases: ["steps", "seq-length", "seq-len", "bptt", "block-size"],
});

const range = (from: number, to: number, word: string): string =>
  `${from > -Infinity ? ` ${word} ${from}` : ""}${to < Number.MAX_SAFE_INTEGER ? ` to ${to}` : ""}`;

/** As in "expected one of lstm, gru, got lstn; did you mean lstm?" */
function unknownChoice(given: string, known: readonly string[]): Error {
  const near = nearestNames(given, known);
  const hint = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";
  return new Error(`expected one of ${known.join(", ")}, got ${given}${hint}`);
}

/**
 * One of some names.
 * @param synonyms names that are accepted too, and the choice that each stands for
 */
export const choice = <const Name extends string>(
  choices: readonly Name[],
  synonyms: Readonly<Record<string, NoInfer<Name>>> = {},
) => ({
  value: "NAME",
  choices,
  parse: (given: string): Name => {
    if ((choices as readonly string[]).includes(given)) return given as Name;
    if (Object.hasOwn(synonyms, given)) return synonyms[given]!;
    throw unknownChoice(given, choices);
  },
});

/**
 * One of some names, or of those that a program added to the registry of this kind.
 * @param former names that are accepted too, and the present name of each
 */
export const openChoice = <const Name extends string>(
  choices: readonly Name[],
  kind: string,
  former: Readonly<Record<string, Name>> = {},
) => ({
  value: "NAME",
  choices,
  parse: (given: string): string => {
    const name = Object.hasOwn(former, given) ? former[given]! : given;
    const known = [...choices, ...namesAdded(kind)];
    if (known.includes(name)) return name;
    throw unknownChoice(given, known);
  },
});

/** Two texts with "=" between them. */
export const pair = (value: string) => ({
  value,
  parse: (given: string): string => {
    if (/^[^=]+=[^=]+$/.test(given)) return given;
    throw new Error(`expected ${value} as in 0=negative, got ${given}`);
  },
});

/** A token and what is added to its logit, as in "the=-2" or "\\n=-inf": the last "=" is between them. */
export const tokenBias = {
  value: "TOKEN=X",
  parse: (given: string): [token: string, bias: number] => {
    const [, token = "", value = ""] = /^(.+)=([^=]+)$/s.exec(given) ?? [];
    const bias = value === "-inf" ? -Infinity : Number(value);
    if (token !== "" && value.trim() !== "" && !Number.isNaN(bias) && bias < Infinity)
      return [escapedText("").parse(token), bias];
    throw new Error(`expected a token and a number as in the=-2 or the=-inf, got ${given}`);
  },
};

/** The weight of a label, as in spam=3: the label, which may have an "=" too, and a number above 0. @throws Error for another text */
export function classWeight(given: string): [label: string, weight: number] {
  const [, label, weight = ""] = /^(.+)=([^=]+)$/s.exec(given) ?? [];
  if (label !== undefined && Number(weight) > 0 && Number.isFinite(Number(weight))) return [label, Number(weight)];
  throw new Error(`expected balanced or weights above 0 as in spam=3,ham=1, got ${given}`);
}

/** The items of a list as a person types it: a comma is between two of them, unless it is in double quotes. */
const itemsOf = (given: string): string[] =>
  [...`,${given}`.matchAll(/,\s*(?:"((?:[^"]|"")*)"(?=\s*(?:,|$))|([^,]*))/g)].map(
    ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain.trim(),
  );

/** Several values, separated by commas; a value that has a comma is in double quotes. */
export const list = <Value>(item: { value: string; parse: (text: string) => Value; choices?: readonly string[] }) => ({
  ...item,
  value: `${item.value},…`,
  parse: (given: string): Value[] => itemsOf(given).map(item.parse),
});

export const balanced = "balanced";

/** `balanced`, or weights of labels. */
export const classWeights = {
  value: "balanced|LABEL=X,…",
  parse: (given: string): string[] => {
    if (given === balanced) return [balanced];
    const items = itemsOf(given);
    for (const item of items) classWeight(item);
    return items;
  },
};

/** A value each time that the option is given. */
export const repeated = <Value>(item: { value: string; parse: (text: string) => Value }) => ({
  ...item,
  repeats: true as const,
  parse: (given: string): Value[] => [item.parse(given)],
});

/** Several values, or `none`. */
export const listOrNone = <Value>(item: Parameters<typeof list<Value>>[0]) => {
  const some = list(item);
  return { ...some, parse: (given: string): Value[] => (given === emptyList ? [] : some.parse(given)) };
};

/** Seconds, written as 90, 90s, 5m or 2h. */
export const duration = {
  value: "TIME",
  parse: (given: string): number => {
    const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(given.trim());
    const seconds = match ? Number(match[1]) * { "": 1, s: 1, m: 60, h: 3600 }[match[2] as "" | "s" | "m" | "h"] : 0;
    if (seconds > 0) return seconds;
    throw new Error(`expected a time as in 90s, 5m or 2h, got ${given}`);
  },
};

/**
 * The layout of a command's results: `--format`, and `--json` as its short form.
 * @param formats the first is the default; one of them is json, or jsonl for a command that prints one object per line
 */
export const formatOptions = <const Name extends string>(...formats: readonly [Name, ...Name[]]) => {
  const json = formats.find((name) => name.startsWith("json"))!;
  const option = {
    ...choice(formats, json === "jsonl" ? { json } : {}),
    group: "Output",
    default: formats[0],
    advanced: formats.length === 2, // --json is enough
    translations: { json: { parse: (): Name => json, describe: `short for --format ${json}` } },
    describe: "layout of the results",
  } as const;
  return { format: option };
};
