/** @file The candidates that complete a command line, for the scripts of `rnn completion`. */
import { findOption, type Option, type Options } from "../options/option.js";
import { type ListedCommand, loadCommand } from "./commands/index.js";

/**
 * @param words the words after `rnn`; the last one is to be completed, and may be empty
 * @returns whole words that start with it; none if the shell should complete file names
 */
export async function completions(words: readonly string[], commands: readonly ListedCommand[]): Promise<string[]> {
  const [, spelling, value] = /^(--[^=]+)=(.*)$/s.exec(words.at(-1) ?? "") ?? [];
  if (spelling !== undefined) {
    const candidates = await completions([...words.slice(0, -1), spelling, value!], commands);
    return candidates.map((candidate) => `${spelling}=${candidate}`);
  }
  return completedWords(
    words.map((word, index) => (word === "=" && index === words.length - 1 ? "" : word)).filter((word) => word !== "="), // bash splits words at =
    commands,
  );
}

async function completedWords(words: readonly string[], commands: readonly ListedCommand[]): Promise<string[]> {
  const current = words.at(-1) ?? "";
  const startsWith = (candidates: readonly string[]) => candidates.filter((word) => word.startsWith(current));
  const names = commands.map(({ name }) => name);
  if (words.length <= 1) return startsWith([...names, "help", "--help", "--version"]);
  if (words[0] === "help") return startsWith(names);
  const listed = commands.find(({ name }) => name === words[0]);
  if (listed === undefined) return [];
  const command = await loadCommand(listed);
  const before = words.at(-2)!;
  const option = before.startsWith("-") ? optionOf(before, command.options) : undefined;
  if (option?.value !== undefined) return valuesOf(option, current);
  if (current.startsWith("-")) return startsWith(spellings(command.options));
  if (command.usage.includes("[checkpoint]")) return startsWith(await checkpoints());
  return command.usage.includes("[shell]") ? startsWith(["bash", "zsh", "fish"]) : [];
}

const optionOf = (word: string, options: Options): Option | undefined =>
  word.startsWith("--")
    ? findOption(options, word.slice(2))?.option
    : Object.values(options).find(({ short }) => short === word.slice(1));

/** Options by their first names, and translations that help shows. */
const spellings = (options: Options): string[] => [
  ...Object.entries(options).flatMap(([name, { translations = {} }]) => [
    `--${name}`,
    ...Object.entries(translations).flatMap(([other, { describe }]) => (describe === undefined ? [] : `--${other}`)),
  ]),
  "--help",
  "--help-all",
];

/** The values that a placeholder stands for; the last item of a list is completed. */
async function valuesOf({ value = "", choices = [] }: Option, current: string): Promise<string[]> {
  const isList = value.endsWith(",…");
  const first = isList ? current.slice(0, current.lastIndexOf(",") + 1) : "";
  const named = [...choices, ...(await namesFor(value.replace(",…", "")))];
  return named.map((name) => first + name).filter((word) => word.startsWith(current));
}

async function namesFor(placeholder: string): Promise<string[]> {
  if (placeholder === "CHECKPOINT") return checkpoints();
  if (placeholder !== "PRESET" && placeholder !== "NETWORK") return [];
  const { presetNames } = await import("../options/presets.js");
  return presetNames();
}

async function checkpoints(): Promise<string[]> {
  const { checkpointNames } = await import("../checkpoint/checkpoint.js");
  return checkpointNames();
}
