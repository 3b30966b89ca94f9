/** @file The words of a command line as values of the command's options and as arguments. */
import { Parser } from "yargs/helpers";
import { messageOf, UsageError } from "../common/errors.js";
import { nearestNames } from "../common/nearest.js";
import { camelCase, findOption, type Options, type Spelling, spellingsOf } from "../options/option.js";

export type Arguments = {
  /** The values of the given options, by their camelCase names. */
  given: Record<string, unknown>;
  /** The words that are not options; `-` and negative numbers are among them. */
  words: string[];
};

/**
 * Parses the words after the command's name: `--name value`, `--name=value`, `-c value`, `-cvalue`, and arguments; after `--`, all words are arguments.
 * @throws UsageError for an unknown option, a value that is missing or not accepted, and an option that is given twice
 */
export function parseArguments(argv: readonly string[], options: Options): Arguments {
  const spellings = spellingsIn(options);
  const { _: words, ...typed } = split(argv, spellings);
  const given: Record<string, unknown> = {};
  const spellingOf = new Map<string, string>(); // the spelling of each option that is given
  for (const [spelling, value] of Object.entries<unknown>(typed)) {
    const found = spellings.get(spelling);
    if (found === undefined) throw new UsageError(unknownOption(spelling, options));
    const { name, option, parse } = found;
    const values = [value].flat().map((text) => parsedBy(parse, dashed(spelling), fromParser(text)));
    const before = spellingOf.get(name) ?? (values.length > 1 ? spelling : undefined);
    if (before !== undefined && !option.repeats) throw givenTwice(dashed(before), dashed(spelling));
    given[camelCase(name)] = option.repeats ? values.flat() : values[0];
    spellingOf.set(name, spelling);
  }
  const variable = process.env["RNN_BACKEND"]; // an empty one sets nothing
  if (variable && options["backend"]) given["backend"] ??= parsedBy(options["backend"].parse, "RNN_BACKEND", variable);
  return { given, words: words.map(fromParser) };
}

/** The options by each of their spellings, also with `_` for `-`, and by their letters. */
function spellingsIn(options: Options): Map<string, Spelling> {
  const spellings = new Map<string, Spelling>();
  for (const [name, option] of Object.entries(options)) {
    for (const spelling of spellingsOf(name, option).concat(option.short ?? [])) {
      const { value, parse } = option.translations?.[spelling] ?? option;
      const form = { name, option, value, parse };
      spellings.set(spelling, form).set(spelling.replaceAll("-", "_"), form);
    }
  }
  return spellings;
}

/**
 * The arguments as `_`, and each spelling that was typed with its value: a boolean for a flag, a list for a spelling that was typed several times.
 * @throws UsageError for a missing value, and for a flag with another value than true or false
 */
function split(argv: readonly string[], spellings: ReadonlyMap<string, Spelling>) {
  const isFlag = (spelling: string): boolean => spellings.get(spelling)?.value === undefined;
  const string = [...spellings.keys()].filter((spelling) => !isFlag(spelling));
  const boolean = [...spellings.keys()].filter(isFlag);
  const withBareValue = (word: string, index: number): string => {
    const { bare, choices = [] } = (word.startsWith("--") && spellings.get(word.slice(2))?.option) || {};
    return bare === undefined || choices.includes(argv[index + 1] ?? "") ? word : `${word}=${bare}`;
  };
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const words = argv.slice(0, end).map(withBareValue).map(forParser);
  const nameIn = (word: string): string => word.slice(2, word.indexOf("="));
  const { argv: parsed, error } = Parser.detailed([...words, ...argv.slice(end)], {
    string,
    boolean,
    narg: Object.fromEntries(string.map((spelling) => [spelling, 1])),
    configuration: {
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-positional-numbers": false,
    },
  });
  if (error !== null) throw new UsageError(`${dashed(error.message.replace(/^.*: /, ""))} needs a value`); // "Not enough arguments following: units"
  const misused = words.find((word) => /^--[^=]+=(?!(true|false)$)/.test(word) && boolean.includes(nameIn(word)));
  if (misused !== undefined) throw new UsageError(`--${nameIn(misused)} takes no value`);
  return parsed;
}

/** Marks a word that begins with `-` and is not an option, such as -1, -.5 or "- a"; yargs would split -cvalue into -c -v -a …. */
const forParser = (word: string): string =>
  /^-(?!-*[a-z])/i.test(word) ? mark + word : word.replace(/^(-[a-z])=?(.+)/is, "$1=$2");
const fromParser = (word: unknown): string => String(word).replace(mark, "");
const mark = "\0"; // no command line contains it

const dashed = (spelling: string): string => (spelling.length === 1 ? `-${spelling}` : `--${spelling}`);

/** As in "Unknown option --hiden-size; did you mean --hidden-size (--units)?" */
function unknownOption(spelling: string, options: Options): string {
  const all = Object.entries(options).flatMap(([name, option]) => spellingsOf(name, option));
  const nearest = new Map<string, string>(); // the nearest spelling of each option
  for (const near of nearestNames(spelling.replaceAll("_", "-"), all, all.length)) {
    const { name } = findOption(options, near)!;
    if (!nearest.has(name)) nearest.set(name, near);
  }
  const shown = [...nearest].map(([name, near]) => (near === name ? `--${name}` : `--${near} (--${name})`)).slice(0, 3);
  return `Unknown option ${dashed(spelling)}${shown.length > 0 ? `; did you mean ${shown.join(" or ")}?` : ""}`;
}

const givenTwice = (first: string, second: string): UsageError =>
  new UsageError(
    first === second
      ? `${first} is given twice; give it once`
      : `${first} and ${second} set the same option; remove one of them`,
  );

function parsedBy(parse: (text: string) => unknown, place: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`${place}: ${messageOf(error)}`);
  }
}
