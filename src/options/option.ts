/** @file An option as plain data, declared once. Its type, help, docs and the fields of a checkpoint derive from it. */
import { type InputKind, type Task, tasks } from "../common/names.js";

/** A default that depends on the task; `numbers` is the default of every task for a network that reads rows of numbers. */
export type ByTask<Value> = Record<Task, Value> & { numbers?: Value };

/** The headings of help, in this order. */
export const optionGroups = [
  "Model",
  "Corpus",
  "Tokenizer",
  "Network",
  "Regularization",
  "Training",
  "Sampling",
  "Output",
  "Engine",
] as const;
export type OptionGroup = (typeof optionGroups)[number];

export type Option<Value = unknown> = {
  describe: string;
  /** The placeholder of the value in help, such as N; absent for a flag. */
  value?: string;
  choices?: readonly string[];
  /** The choice of the option without a value. */
  bare?: string;
  /** The smallest and the largest number, in words, as in "from 1 to 100". */
  limits?: string;
  /** @throws Error with a message that says what was expected */
  parse: (text: string) => Value;
  /** Without a default, the value of an option that is not given is undefined. */
  default?: Value | ByTask<Value>;
  /** The heading in help. */
  group?: OptionGroup;
  /** Whether `--help-all` shows it and `--help` does not. */
  advanced?: boolean;
  /** Whether it may be given several times: its value is then the list of all values. */
  repeats?: true;
  /** A single letter for it, as in -c. */
  short?: string;
  /** Other names that are accepted: those of other tools and of earlier versions. Help does not show them. */
  aliases?: readonly string[];
  /** Other options that set this one by a value of another form, by name: `--keep-prob 0.8` is `--dropout 0.2`. */
  translations?: Readonly<Record<string, Translation<Value>>>;
  /** Where none of these holds, the option has no effect, and giving it is an error. */
  needs?: readonly Condition[];
};

/** `value` is absent for a flag; help shows a translation that has a description. */
export type Translation<Value = unknown> = Pick<Option<Value>, "value" | "parse"> & { describe?: string };

/** Values of other options, of `task` or of `inputs`: one of a list, any but one, or any that was given. */
export type Condition = { readonly [option: string]: readonly string[] | { readonly not: string } | "given" };

export type Options = Record<string, Option>;

type Camel<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : Name;

/** The values of options by their camelCase names; undefined only for an option without a default. */
export type Values<Group> = {
  [Name in keyof Group as Camel<Name & string>]: Group[Name] extends { parse: (text: string) => infer Value }
    ? Group[Name] extends { default: unknown }
      ? Value
      : Value | undefined
    : never;
};

export const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

export const kebabCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Declares the group of several options. */
export const inGroup = <const Group extends Options>(group: OptionGroup, options: Group): Group =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { group, ...option }])) as unknown as Group;

/** The same options, whose values are undefined unless they are given. */
export const withoutDefaults = <Group extends Options>(group: Group): WithoutDefaults<Group> =>
  Object.fromEntries(
    Object.entries(group).map(([name, { default: _default, ...option }]) => [name, option]),
  ) as WithoutDefaults<Group>;

type WithoutDefaults<Group> = { [Name in keyof Group]: Omit<Group[Name], "default"> };

/** An option by one of its spellings: its name, and the placeholder and parser of a value under this spelling. */
export type Spelling = Pick<Option, "value" | "parse"> & { name: string; option: Option };

/** The option of a group that has this name, alias or translation; `_` and `-` are the same. */
export function findOption(group: Options, spelling: string): Spelling | undefined {
  const wanted = spelling.replaceAll("_", "-");
  for (const [name, option] of Object.entries(group)) {
    if (name === wanted || option.aliases?.includes(wanted))
      return { name, option, value: option.value, parse: option.parse };
    const { translations = {} } = option;
    const translation = Object.hasOwn(translations, wanted) ? translations[wanted] : undefined;
    if (translation !== undefined) return { name, option, value: translation.value, parse: translation.parse };
  }
  return undefined;
}

/** All spellings of an option. */
export const spellingsOf = (name: string, { aliases = [], translations = {} }: Option): string[] => [
  name,
  ...aliases,
  ...Object.keys(translations),
];

const isByTask = (value: unknown): value is ByTask<unknown> =>
  typeof value === "object" && value !== null && tasks.every((task) => Object.hasOwn(value, task));

/** The value of an option that is not given. @param task absent where it does not matter or is not known yet */
export function defaultOf({ default: value }: Option, task?: Task, inputs: InputKind = "tokens"): unknown {
  if (!isByTask(value)) return value;
  return inputs === "numbers" && value.numbers !== undefined ? value.numbers : task && value[task];
}

/** The given values, and the defaults of a task for the others. */
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

/** A default as help and docs show it; undefined for an option without one. @param numbers whether to include the one for rows of numbers */
export function describeDefault(option: Option, numbers = true): string | undefined {
  const { default: value } = option;
  if (value === undefined || value === false) return undefined;
  return isByTask(value) ? byTaskText(value, numbers) : show(value);
}

/** As in "0.2 (generator), 0.5 (classifier, regressor), 0.33 (tagger)", or "100 (tagger), 64 (other tasks)". */
function byTaskText(values: ByTask<unknown>, numbers: boolean): string {
  const tasksOf = new Map<string, string[]>();
  for (const task of tasks) {
    const text = show(values[task]);
    tasksOf.set(text, [...(tasksOf.get(text) ?? []), task]);
  }
  const most = [...tasksOf].find(([, names]) => names.length === tasks.length - 1);
  if (most !== undefined) {
    tasksOf.delete(most[0]);
    tasksOf.set(most[0], ["other tasks"]);
  }
  const texts =
    tasksOf.size === 1 ? [...tasksOf.keys()] : [...tasksOf].map(([text, names]) => `${text} (${names.join(", ")})`);
  return [
    ...texts,
    ...(values.numbers === undefined || !numbers ? [] : [`${show(values.numbers)} (rows of numbers)`]),
  ].join(", ");
}

export const show = (value: unknown): string => (Array.isArray(value) ? listText(value) : String(value));

/** A list as a person types it. */
export const listText = (values: readonly unknown[]): string => values.map(itemText).join(",") || emptyList;
const itemText = (value: unknown): string => {
  const text = String(value);
  return /[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
export const emptyList = "none";
