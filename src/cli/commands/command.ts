/** @file What a command is: a declaration, and a handler of a few lines over an ordinary function. */
import type { Options, Values } from "../../options/option.js";

/** What a handler is handed beside the options' values. */
export type Invocation<Group> = {
  /** The words that are not options. */
  words: string[];
  /** Only what was given on the command line. */
  given: Partial<Values<Group>>;
};

export type Command<Group extends Options = Options> = {
  /** As yargs reads it: `train [corpus]`. */
  usage: string;
  describe: string;
  /** What it reads and what it writes, a line each. */
  reads: string;
  writes: string;
  options: Group;
  /** A command line, and what it does. */
  examples: readonly (readonly [string, string])[];
  /** @returns the exit code, 0 where it says nothing */
  handler: (options: Values<Group>, invocation: Invocation<Group>) => Promise<number | void>;
};

/** Ties the handler's arguments to the declared options; does nothing at run time but forget the group's type. */
export const command = <const Group extends Options>(declared: Command<Group>): Command =>
  declared as unknown as Command;
