/** @file Data that somebody else wrote, checked by a schema: what is wrong with it, all of it, is one line for a person. */
import { type BaseIssue, type GenericSchema, getDotPath, type InferOutput, safeParse } from "valibot";
import { UserError } from "./errors.js";

const shown = 6;
const longest = 80; // characters of a key or a value that somebody else wrote

const harmless = (text: string): string => text.replaceAll(/\p{C}/gu, "\uFFFD").slice(0, longest);

/** @throws UserError with the message that is made of the problems, for what does not fit the schema */
export function checked<Schema extends GenericSchema>(
  schema: Schema,
  data: unknown,
  message: (problems: string) => string,
): InferOutput<Schema> {
  const parsed = safeParse(schema, data);
  if (parsed.success) return parsed.output;
  throw new UserError(message(problemsOf(parsed.issues)));
}

/** As in `corpus.bytes: expected number, not "many"; colour: unknown key`. */
export function problemsOf(issues: readonly BaseIssue<unknown>[]): string {
  const problems = issues.slice(0, shown).map((issue) => {
    const place = harmless(getDotPath(issue) ?? "");
    return (place ? `${place}: ` : "") + problemOf(issue);
  });
  const more = issues.length - problems.length;
  return problems.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function problemOf({ kind, type, expected, received, message, input }: BaseIssue<unknown>): string {
  if (expected === "never") return "unknown key";
  if (input === undefined) return "missing";
  return kind === "schema" && type !== "custom" ? `expected ${expected}, not ${harmless(received)}` : harmless(message);
}
