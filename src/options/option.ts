/** @file What an option is: plain data, declared once. Its type, its place in help and README, and a checkpoint's fields derive from it. */
import { UsageError } from "../common/errors.js";
import { type InputKind, type Task, tasks } from "../common/names.js";
import { namesAdded } from "../common/registry.js";

/** A default that depends on what the network is for; `numbers` where it reads rows of numbers, whatever for. */
export type ByTask<Value> = Record<Task, Value> & { numbers?: Value };

export type Option<Value = unknown> = {
  describe: string;
  /** What the value is called in help, as in N; absent for a flag. */
  value?: string;
  choices?: readonly string[];
  /** The smallest and the largest number, in words, as in "from 1 to 100". */
  limits?: string;
  /** @throws Error with a message that says what was expected */
  parse: (text: string) => Value;
  /** Absent: without the option its value is undefined. */
  default?: Value | ByTask<Value>;
  /** Whether it may be given several times; its value is then the list of what was given. */
  repeats?: true;
  /** A single letter for it, as in -c. */
  short?: string;
  /** Other names that are accepted: those of other tools and of earlier versions. Help does not show them. */
  aliases?: readonly string[];
  /** Other options that set this one by a value of another form, by name: `--keep-prob 0.8` is `--dropout 0.2`. */
  translations?: Readonly<Record<string, Translation<Value>>>;
  /** Of use only where one of these holds; given elsewhere, it is refused. */
  needs?: readonly Condition[];
};

export type Translation<Value = unknown> = { value: string; parse: (text: string) => Value };

/** The values of other options, of the task, or of `inputs`, under which an option does something: these, all but one, or any that was given. */
export type Condition = { readonly [option: string]: readonly string[] | { readonly not: string } | "given" };

export type Options = Record<string, Option>;

type Camel<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : Name;

/** The values of a group under the names that the code uses; undefined only where nothing is declared as default. */
export type Values<Group> = {
  [Name in keyof Group as Camel<Name & string>]: Group[Name] extends { parse: (text: string) => infer Value }
    ? Group[Name] extends { default: unknown }
      ? Value
      : Value | undefined
    : never;
};

export const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

export const kebabCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** An option by one of its names: its first name, and how a value under this name is parsed. */
export type Spelling = { name: string; option: Option; parse: Option["parse"] };

/** The option of a group that has a name, an alias or a translation of this spelling, with `_` or `-` between its words. */
export function findOption(group: Options, spelling: string): Spelling | undefined {
  const wanted = spelling.replaceAll("_", "-");
  for (const [name, option] of Object.entries(group)) {
    if (name === wanted || option.aliases?.includes(wanted)) return { name, option, parse: option.parse };
    const { translations = {} } = option;
    const translation = Object.hasOwn(translations, wanted) ? translations[wanted] : undefined;
    if (translation !== undefined) return { name, option, parse: translation.parse };
  }
  return undefined;
}

const isByTask = (value: unknown): value is ByTask<unknown> =>
  typeof value === "object" && value !== null && tasks.every((task) => Object.hasOwn(value, task));

/** What an option is without being given. @param task absent where the network's task does not matter or is not known yet */
export function defaultOf({ default: value }: Option, task?: Task, inputs: InputKind = "tokens"): unknown {
  if (!isByTask(value)) return value;
  return inputs === "numbers" && value.numbers !== undefined ? value.numbers : task && value[task];
}

/** Fills in, for a task, what was not given. */
export function settle<Group extends Options>(
  group: Group,
  given: Partial<Values<Group>>,
  task?: Task,
  inputs?: InputKind,
): Values<Group> {
  const settled = Object.entries(group).map(([name, option]) => {
    const value = (given as Record<string, unknown>)[camelCase(name)];
    return [camelCase(name), value ?? defaultOf(option, task, inputs)];
  });
  return Object.fromEntries(settled) as Values<Group>;
}

/**
 * Why an option does nothing with these values; null where it does.
 * @param values of all options, by the names that the code uses, and the task
 */
export function uselessBecause({ needs }: Option, values: Record<string, unknown>): string | null {
  const holds = (condition: Condition): boolean =>
    Object.entries(condition).every(([name, wanted]) => {
      const value = values[camelCase(name)];
      if (wanted === "given") return value !== undefined;
      return "not" in wanted ? show(value) !== wanted.not : wanted.includes(show(value));
    });
  if (needs === undefined || needs.some(holds)) return null;
  const words = (condition: Condition): string =>
    Object.entries(condition)
      .map(([name, wanted]) =>
        name === "inputs"
          ? "texts to read"
          : `--${name}${wanted === "given" ? "" : ` ${"not" in wanted ? `other than ${wanted.not}` : wanted.join(" or ")}`}`,
      )
      .join(" with ");
  return `it needs ${needs.map(words).join(", or ")}`;
}

/**
 * @param values of all options, by the names that the code uses, and the task
 * @throws UsageError for an option of the group that was given and would do nothing
 */
export function refuseUselessOf(group: Options, given: Record<string, unknown>, values: Record<string, unknown>): void {
  for (const [name, option] of Object.entries(group)) {
    const because = given[camelCase(name)] === undefined ? null : uselessBecause(option, values);
    if (because !== null) throw new UsageError(`--${name} is of no use here: ${because}`);
  }
}

/** How help and README show a default; undefined where there is none to show. */
export function describeDefault(option: Option): string | undefined {
  const { default: value } = option;
  if (value === undefined || value === false) return undefined;
  return isByTask(value) ? byTaskText(value) : show(value);
}

const purposes: { [Kind in Task]: string } = {
  generator: "to write",
  classifier: "to label",
  regressor: "to predict",
  tagger: "to tag",
};

/** As in "0.2 to write, 0.5 to label or tag": tasks of one default together. */
function byTaskText(values: ByTask<unknown>): string {
  const grouped = new Map<string, string[]>();
  for (const task of tasks) {
    const text = show(values[task]);
    grouped.set(text, [...(grouped.get(text) ?? []), purposes[task]]);
  }
  const alike = grouped.size === 1;
  const texts = [...grouped].map(([text, [first, ...others]]) =>
    alike ? text : `${text} ${[first, ...others.map(withoutTo)].join(" or ")}`,
  );
  return [...texts, ...(values.numbers === undefined ? [] : [`${show(values.numbers)} for rows of numbers`])].join(
    ", ",
  );
}
const withoutTo = (purpose: string): string => purpose.replace(/^to /, "");

const show = (value: unknown): string => (Array.isArray(value) ? listText(value) : String(value));

/** A list as it would be typed. */
export const listText = (values: readonly unknown[]): string => values.join(",") || emptyList;
const emptyList = "none";

// Kinds of option, to be spread into a declaration.

export const flag = { parse: (text: string): boolean => text === "true", default: false } as const;

export const text = (value: string) => ({ value, parse: (given: string): string => given });

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

/** Tokens of a training row, under the names that other programs have for it. */
export const sequenceLength = (limits: Parameters<typeof whole>[0]) => ({
  ...whole(limits),
  aliases: ["steps", "seq-length", "seq-len", "bptt", "block-size"],
});

const range = (from: number, to: number, word: string): string =>
  `${from > -Infinity ? ` ${word} ${from}` : ""}${to < Number.MAX_SAFE_INTEGER ? ` to ${to}` : ""}`;

/** One of some names. */
export const choice = <const Name extends string>(choices: readonly Name[]) => ({
  value: "NAME",
  choices,
  parse: (given: string): Name => {
    if ((choices as readonly string[]).includes(given)) return given as Name;
    throw new Error(`expected one of ${choices.join(", ")}, got ${given}`);
  },
});

/**
 * One of some names, or of those that a program added to the registry of this kind.
 * @param former names that are accepted too, with the name of today for each
 */
export const openChoice = <const Name extends string>(
  choices: readonly Name[],
  kind: string,
  former: Readonly<Record<string, Name>> = {},
) => ({
  value: "NAME",
  choices,
  parse: (given: string): string => {
    const name = former[given] ?? given;
    const known = [...choices, ...namesAdded(kind)];
    if (known.includes(name)) return name;
    throw new Error(`expected one of ${known.join(", ")}, got ${given}`);
  },
});

/** Several values with commas between. */
export const list = <Value>(item: { value: string; parse: (text: string) => Value; choices?: readonly string[] }) => ({
  ...item,
  value: `${item.value},…`,
  parse: (given: string): Value[] => given.split(",").map((part) => item.parse(part.trim())),
});

/** A value each time that the option is given. */
export const repeated = <Value>(item: { value: string; parse: (text: string) => Value }) => ({
  ...item,
  repeats: true as const,
  parse: (given: string): Value[] => [item.parse(given)],
});

/** Several values, or none of them. */
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
