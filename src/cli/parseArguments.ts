/** @file The words of a command line as values of the command's options and as arguments. */
import { messageOf, UsageError } from "../common/errors.js";
import { nearestNames } from "../common/nearest.js";
import { camelCase, findOption, type Options, type Spelling, spellingsOf } from "../options/option.js";

/** Environment variables that set an option which is not given; an empty one does not. */
const variables: Readonly<Record<string, string>> = { backend: "RNN_BACKEND" };

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
  const given: Record<string, unknown> = {};
  const typed = new Map<string, string>(); // the spelling of each option that is given
  const words: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index]!;
    if (word === "--") return { given: withVariables(given, options), words: [...words, ...argv.slice(index + 1)] };
    const found = optionIn(word);
    if (found === null) {
      words.push(word);
      continue;
    }
    const { spelling, inline } = found;
    const { name, option, value, parse } = spelled(spelling, options);
    let text = inline;
    if (value === undefined) text ??= "true";
    else text ??= argv[++index];
    if (text === undefined || (inline === undefined && looksLikeOption(text)))
      throw new UsageError(`${spelling} needs a value`);
    if (value === undefined && !/^(true|false)$/.test(text)) throw new UsageError(`${spelling} takes no value`);
    const parsed = parsedBy(parse, spelling, text);
    const key = camelCase(name);
    const before = typed.get(name);
    if (option.repeats) given[key] = [...((given[key] as unknown[] | undefined) ?? []), ...(parsed as unknown[])];
    else if (before === undefined || (value === undefined && before === spelling)) given[key] = parsed;
    else throw givenTwice(before, spelling);
    typed.set(name, spelling);
  }
  return { given: withVariables(given, options), words };
}

/** An option's spelling, with its dashes, and a value in the same word; null for an argument. */
function optionIn(word: string): { spelling: string; inline: string | undefined } | null {
  const [, spelling, inline] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? /^(-[a-z])(?:=?(.+))?$/is.exec(word) ?? [];
  return spelling === undefined ? null : { spelling, inline };
}

const looksLikeOption = (word: string): boolean => /^--?[a-z]/i.test(word);

function spelled(spelling: string, options: Options): Spelling {
  if (spelling.startsWith("--")) {
    const found = findOption(options, spelling.slice(2));
    if (found === undefined) throw new UsageError(unknownOption(spelling.slice(2), options));
    return found;
  }
  const entry = Object.entries(options).find(([, option]) => option.short === spelling.slice(1));
  if (entry === undefined) throw new UsageError(`Unknown option ${spelling}`);
  const [name, option] = entry;
  return { name, option, value: option.value, parse: option.parse };
}

/** As in "Unknown option --hiden-size; did you mean --hidden-size (--units)?" */
export function unknownOption(spelling: string, options: Options): string {
  const names = new Map(
    Object.entries(options).flatMap(([name, option]) => spellingsOf(name, option).map((other) => [other, name])),
  );
  const seen = new Set<string>();
  const near = nearestNames(spelling.replaceAll("_", "-"), names.keys(), names.size).flatMap((other) => {
    const name = names.get(other)!;
    if (seen.has(name)) return [];
    seen.add(name);
    return other === name ? `--${name}` : `--${other} (--${name})`;
  });
  return `Unknown option --${spelling}${near.length > 0 ? `; did you mean ${near.slice(0, 3).join(" or ")}?` : ""}`;
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

function withVariables(given: Record<string, unknown>, options: Options): Record<string, unknown> {
  for (const [name, variable] of Object.entries(variables)) {
    const text = process.env[variable];
    const option = options[name];
    if (option !== undefined && text && given[camelCase(name)] === undefined)
      given[camelCase(name)] = parsedBy(option.parse, variable, text);
  }
  return given;
}
