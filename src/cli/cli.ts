/** @file The parser; the only place where an error becomes a message and an exit code. */
import yargs, { type Argv } from "yargs";
import type { Command } from "./commands/command.js";
import { commands } from "./commands/index.js";
import { messageOf, UsageError, UserError } from "../common/errors.js";
import { camelCase, describeDefault, type Option, type Options, settle } from "../options/option.js";
import { version } from "../common/version.js";

/** Variables of the environment that may say what an option does; an empty one says nothing. */
const variables: Record<string, string> = { backend: "RNN_BACKEND" };

/** yargs loses a word that is "-" alone; it travels as this, which no command line can hold. */
const dash = "\0";
const hideDash = (word: string): string => (word === "-" ? dash : word);
/** Options of several words may have `_` between them, as in `--top_k`. */
const withHyphens = (word: string): string => word.replace(/^--[a-z_-]+/, (name) => name.replaceAll("_", "-"));
const showDash = (word: unknown): string => (word === dash ? "-" : `${word as string | number | boolean}`);

/** Runs one command line. @returns the process's exit code */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const parser = yargs(argv.map((word) => withHyphens(hideDash(word))))
    .scriptName("rnn")
    .usage("$0 <command>\n\nTrains small recurrent networks on your own text, then writes and labels text with them.")
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "greedy-arrays": false,
    })
    .updateStrings({ boolean: "flag" })
    .strict()
    .demandCommand(1, 1, "what is to be done? `rnn --help` lists the commands")
    .recommendCommands()
    .exitProcess(false)
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .version(version)
    .help()
    .alias("help", "h")
    .fail((message, error) => {
      throw error instanceof UserError ? error : new UsageError(explained(message ?? messageOf(error), argv));
    });
  for (const command of commands) {
    register(parser, command, (code) => (exitCode = code));
  }
  try {
    await parser.parseAsync();
  } catch (error) {
    return report(error);
  }
  return exitCode;
}

function register(parser: Argv, command: Command, finish: (exitCode: number) => void): void {
  parser.command(
    command.usage,
    command.describe,
    (builder) => {
      builder.usage(
        `$0 ${command.usage}\n\n${command.describe}\n\nreads   ${command.reads}\nwrites  ${command.writes}`,
      );
      for (const [name, option] of Object.entries(command.options)) {
        builder.option(name, declaration(name, option));
        for (const [other, translation] of Object.entries(option.translations ?? {}))
          builder.option(other, declaration(other, { describe: "", ...translation }, true));
      }
      for (const [line, meaning] of command.examples) builder.example(line, meaning);
      return builder;
    },
    async (parsed) => {
      const given = valuesOf(command.options, parsed);
      const words = [...wordsOf(command.usage, parsed), ...parsed._.slice(1)].map(showDash);
      const code = await command.handler(settle(command.options, given), { given, words });
      finish(code ?? 0);
    },
  );
}

/** An option as yargs wants it. Defaults are filled in later, so that what was given can be told from what was not. */
function declaration(name: string, option: Option, hidden = false) {
  const isFlag = option.value === undefined;
  const shown = describeDefault(option);
  return {
    ...(isFlag && { type: "boolean" as const }),
    describe: isFlag ? option.describe : `${option.value}: ${option.describe}`,
    ...(!isFlag && { nargs: 1, requiresArg: true }),
    alias: [...(option.short ? [option.short] : []), ...(option.aliases ?? [])],
    hidden,
    ...(option.choices && { choices: option.choices }),
    ...(shown && { defaultDescription: shown }),
    coerce: (value: unknown) => {
      if (isFlag) return last(value);
      if (option.repeats && Array.isArray(value)) return value.flatMap((one) => parse(`--${name}`, option, one));
      return parse(`--${name}`, option, last(value));
    },
  };
}

/** Of an option that is given more than once, the last counts. */
const last = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value);

function parse(place: string, option: Option, value: unknown): unknown {
  if (value === undefined) return undefined;
  try {
    return option.parse(showDash(value));
  } catch (error) {
    throw new UsageError(`${place}: ${messageOf(error)}`);
  }
}

function valuesOf(options: Options, parsed: Record<string, unknown>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    const variable = variables[name] ?? "";
    const translated = Object.keys(option.translations ?? {}).map((other) => parsed[other]);
    const value =
      parsed[name] ??
      translated.find((other) => other !== undefined) ??
      parse(variable, option, process.env[variable] || undefined);
    if (value !== undefined) values[camelCase(name)] = value;
  }
  return values;
}

/** The values of `[corpus]` or `[files..]`. */
const wordsOf = (usage: string, parsed: Record<string, unknown>): unknown[] =>
  [...usage.matchAll(/[[<](\w+)(?:\.\.)?[\]>]/g)].flatMap(([, name]) => parsed[name!] ?? []);

/** One line for a person's mistake; only a bug shows a stack. */
function report(error: unknown): number {
  if (error instanceof UserError) {
    const hint = error instanceof UsageError ? "\n`rnn <command> --help` shows what there is" : "";
    process.stderr.write(`rnn: ${error.message}${hint}\n`);
    return error.exitCode;
  }
  process.stderr.write(
    `rnn: this is a bug, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}

/** What yargs says, in our words. */
function explained(message: string, argv: readonly string[]): string {
  const [first = ""] = argv;
  const known = commands.some(({ usage }) => usage.split(" ")[0] === first);
  if (!known && first !== "" && !first.startsWith("-")) {
    const hint = message.startsWith("Did you mean") ? message.replace("Did", "did") : "`rnn --help` lists them";
    return `there is no command ${first}: ${hint}`;
  }
  return message.replace(/^Not enough arguments following: (.*)$/, "--$1 needs a value");
}
