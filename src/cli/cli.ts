/** @file The command line; the only place where an error becomes a message and an exit code. */
import { codeOf, isOutOfMemory, messageOf, UsageError, UserError } from "../common/errors.js";
import { suggestion } from "../common/nearest.js";
import { version } from "../common/version.js";
import { printable, shortened } from "../render/textWidth.js";
import { settle } from "../options/option.js";
import type { Command } from "./commands/command.js";
import { commands, loadCommand } from "./commands/index.js";
import { commandHelp, overview } from "./help.js";

/** Runs one command line. @returns the process's exit code */
export async function run(argv: readonly string[]): Promise<number> {
  const [name = ""] = argv;
  let command: Command | undefined;
  try {
    if (name === "--completions") return await complete(argv.slice(2));
    if (name === "--worker" && process.send !== undefined) return await work();
    const listed = commands.find((one) => one.name === name);
    if (listed === undefined) return await runWithoutCommand(argv);
    command = await loadCommand(listed);
    return await runCommand(command, argv.slice(1));
  } catch (error) {
    return report(error, command);
  }
}

/** Without a command it prints the help, with the exit code of a command line that did nothing, as git and npm do. */
async function runWithoutCommand([name, ...rest]: readonly string[]): Promise<number> {
  if (name === "--version") await print(version);
  else if (name === "help" && rest.some((word) => !word.startsWith("-"))) {
    const command = await commandNamed(rest.find((word) => !word.startsWith("-"))!);
    await print(commandHelp(command, rest.includes("--help-all"), width()));
  } else if (name === undefined || ["--help", "-h", "--help-all", "help"].includes(name)) {
    await print(overview(commands, width()));
  } else if (name.startsWith("-")) throw new UsageError(`the command is missing before ${name}`);
  else await commandNamed(name);
  return name === undefined ? 1 : 0;
}

/** Answers a shell. @param words the words after `rnn`, of which the last is to be completed */
async function complete(words: readonly string[]): Promise<number> {
  const { completions } = await import("./completion.js");
  const candidates = await completions(words, commands);
  if (candidates.length > 0) await print(candidates.join("\n"));
  return 0;
}

/** Does a part of the work of the process that started this one. */
async function work(): Promise<number> {
  const { runWorker } = await import("./workers/workerProcess.js");
  await runWorker();
  return 0;
}

/** @throws UsageError for an unknown name */
async function commandNamed(name: string): Promise<Command> {
  const listed = commands.find((one) => one.name === name);
  if (listed !== undefined) return loadCommand(listed);
  const names = commands.map((one) => one.name);
  throw new UsageError(`Unknown command ${name}${suggestion(name, names, "commands")}`);
}

async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  const end = argv.indexOf("--");
  const own = end === -1 ? argv : argv.slice(0, end);
  const all = own.includes("--help-all");
  if (all || own.includes("--help") || own.includes("-h")) {
    await print(commandHelp(command, all, width()));
    return 0;
  }
  const { parseArguments } = await import("./parseArguments.js");
  const { given, words } = parseArguments(argv, command.options);
  refuseExtraWords(command, words);
  return (await command.handler(settle(command.options, given), { given, words })) ?? 0;
}

/** @throws UsageError for more arguments than `windows [file]` has; `tag [files..]` has any number */
function refuseExtraWords({ usage }: Command, words: readonly string[]): void {
  const places = usage.match(/[[<][^\]>]+[\]>]/g) ?? [];
  if (usage.includes("..") || words.length <= places.length) return;
  throw new UsageError(`Unexpected argument ${words[places.length]}; the usage is \`rnn ${usage}\``);
}

/** A terminal may report 0 columns. */
const width = (): number => Math.min(110, process.stdout.columns || 100);

/** Prints without loading what colors the screen. @throws UserError if stdout cannot be written; a closed pipe is no error */
const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => {
      if (!error || codeOf(error) === "EPIPE") resolve();
      else reject(new UserError(`could not write the output: ${messageOf(error)}`));
    };
    // The stream also emits the error, after it has called back.
    if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => undefined);
    process.stdout.write(`${text.trimEnd()}\n`, done);
  });

/** The options by which a run needs less memory. */
const sizeOptions = ["batch-size", "sequence-length", "max-length", "window", "units"];

/** One line for a person's mistake; only a bug shows a stack trace. @param command the command that failed */
function report(error: unknown, command: Command | undefined): number {
  if (error instanceof UserError) {
    const help = `\nSee \`rnn ${command === undefined ? "" : `${command.name} `}--help\``;
    process.stderr.write(`rnn: ${shortened(printable(error.message))}${error instanceof UsageError ? help : ""}\n`);
    return error.exitCode;
  }
  if (isOutOfMemory(error)) {
    const sizes = sizeOptions.filter((name) => name in (command?.options ?? {})).map((name) => `--${name}`);
    const advice = sizes.length > 0 ? `a smaller ${sizes.join(" or ")}` : "shorter texts or a smaller model";
    process.stderr.write(`rnn: out of memory (${error.message}); use ${advice}\n`);
    return 1;
  }
  process.stderr.write(
    `rnn: this is a bug, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}
