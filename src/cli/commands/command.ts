/** @file A command: a declaration, and a handler of a few lines that calls a function of another room. */
import type { Options, Values } from "../../options/option.js";

/** The second argument of a handler. */
export type Invocation<Group> = {
  /** The arguments. */
  words: string[];
  /** The values of the options that were given. */
  given: Partial<Values<Group>>;
};

/** What the file of a command declares. */
export type DeclaredCommand<Group extends Options = Options> = {
  /** Its name and its arguments: `train [corpus]` takes one or none, `tag [files..]` any number. */
  usage: string;
  /** The inputs and outputs of the command, as phrases. */
  reads: string;
  writes: string;
  options: Group;
  /** Command lines, each with its purpose. */
  examples: readonly (readonly [string, string])[];
  /** @returns the exit code; 0 by default */
  handler: (options: Values<Group>, invocation: Invocation<Group>) => Promise<number | void>;
};

/** With its name, and a sentence that describes it. */
export type Command = DeclaredCommand & { name: string; describe: string };

/** Derives the argument types of the handler from the declared options; does nothing at run time. */
export const command = <const Group extends Options>(declared: DeclaredCommand<Group>): DeclaredCommand =>
  declared as unknown as DeclaredCommand;
