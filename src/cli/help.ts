/** @file The help texts: the list of commands, and a page for each command. */
import { describeDefault, type Option, optionGroups, type Options } from "../options/option.js";
import type { Command } from "./commands/command.js";
import type { ListedCommand } from "./commands/index.js";

/** Columns that the names of options take; a longer name has a line of its own, and every name where the screen is narrow. */
const nameWidth = 29;
const narrowScreen = 60; // columns
const narrowIndent = 6;

const nameColumn = (width: number): number => (width < narrowScreen ? narrowIndent : nameWidth);

/** `rnn --help`. @param width columns of the screen */
export function overview(commands: readonly ListedCommand[], width: number): string {
  const longest = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.flatMap(({ name, describe }) =>
    hanging(`  ${name.padEnd(longest)}  `, describe, longest + 4, width),
  );
  return [
    "Usage: rnn COMMAND [options]",
    "",
    ...wrapped(
      "Trains small recurrent networks on your own text, and generates, classifies and tags text with them.",
      width,
    ),
    "",
    "Commands:",
    ...lines,
    "",
    "`rnn COMMAND --help` describes a command, `rnn --version` prints the version.",
    "To begin, run `rnn train corpora/fables.txt --for 60s`, then `rnn generate`.",
    "",
  ].join("\n");
}

/** `rnn COMMAND --help`. @param all whether advanced options are listed too @param width columns of the screen */
export function commandHelp(
  { name, usage, describe, reads, writes, options, examples }: Command,
  all: boolean,
  width: number,
) {
  const shown = optionGroups.flatMap((group) => {
    const lines = linesOf(options, all, width, (option) => (option.group ?? "Output") === group);
    return lines.length > 0 ? [`${group}:`, ...lines] : [];
  });
  const hidden = Object.values(options).some(({ advanced }) => advanced);
  return [
    `Usage: rnn ${usage}${Object.keys(options).length > 0 ? " [options]" : ""}`,
    "",
    ...wrapped(describe, width),
    ...hanging("Reads:  ", reads, 8, width),
    ...hanging("Writes: ", writes, 8, width),
    "",
    ...shown,
    ...(shown.length > 0 ? [""] : []),
    ...exampleLines(all ? examples : examples.slice(0, examplesShown), width),
    ...(hidden && !all ? [`\`rnn ${name} --help-all\` lists all options, with their other names.`] : []),
    "",
  ].join("\n");
}
const examplesShown = 4;

function exampleLines(examples: Command["examples"], width: number): string[] {
  if (examples.length === 0) return [];
  const longest = Math.max(...examples.map(([line]) => line.length));
  const column = width < narrowScreen ? narrowIndent : Math.min(64, width - 30, longest + 4);
  return ["Examples:", ...examples.flatMap(([line, meaning]) => beside(`  ${line}`, `# ${meaning}`, column, width))];
}

function linesOf(options: Options, all: boolean, width: number, within: (option: Option) => boolean): string[] {
  return Object.entries(options).flatMap(([name, option]) => {
    if (!within(option)) return [];
    const { translations = {}, advanced = false } = option;
    const others = Object.entries(translations).flatMap(([other, { value, describe }]) =>
      describe !== undefined && (all || value === undefined)
        ? beside(spelledOut(other, { value }), describe, nameColumn(width), width)
        : [],
    );
    const own =
      advanced && !all ? [] : beside(spelledOut(name, option), meaningOf(option, all), nameColumn(width), width);
    return [...own, ...others];
  });
}

/** As in `  -o, --out FOLDER`. */
const spelledOut = (name: string, { short, value }: { short?: string; value?: string | undefined }): string =>
  `  ${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;

/** The description with the choices and the default. @param all whether the default for rows of numbers and the aliases are included */
export function meaningOf(option: Option, all = true): string {
  const { describe, choices, aliases = [] } = option;
  const [subject = "", ...details] = describe.split("; ");
  const named = [`${subject}${choices === undefined ? "" : ` {${choices.join(",")}}`}`, ...details].join("; ");
  const shown = describeDefault(option, all);
  const others = all && aliases.length > 0 ? `; also ${aliases.map((alias) => `--${alias}`).join(", ")}` : "";
  return `${named}${shown === undefined ? "" : ` (default: ${shown})`}${others}`;
}

/** A text in a column beside a name, or below it where the name is longer. */
function beside(name: string, text: string, column: number, width: number): string[] {
  return name.length < column - 1
    ? hanging(name.padEnd(column), text, column, width)
    : [name, ...hanging(" ".repeat(column), text, column, width)];
}

/** Lines of a text that begins after a lead and goes on below itself. */
const hanging = (lead: string, text: string, indent: number, width: number): string[] =>
  wrapped(text, Math.max(20, width - indent)).map((line, index) => (index === 0 ? lead : " ".repeat(indent)) + line);

/** Words in lines of at most a width; choices may break after a comma. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((part) => breakable(part, width))) {
    const joined = line === "" ? word.text : `${line}${word.glued ? "" : " "}${word.text}`;
    if (line !== "" && joined.length > width) {
      lines.push(line);
      line = word.text;
    } else line = joined;
  }
  return [...lines, line];
}

const breakable = (word: string, width: number): { text: string; glued: boolean }[] =>
  word.length <= width
    ? [{ text: word, glued: false }]
    : (word.match(/[^,]*,?/g) ?? []).filter(Boolean).map((text, index) => ({ text, glued: index > 0 }));
