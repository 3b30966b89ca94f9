/** @file Checks untrusted data with a schema; one line describes all its problems. */
import { type BaseIssue, type GenericSchema, getDotPath, type InferOutput, safeParse } from "valibot";
import { UserError } from "./errors.js";

const maxProblems = 6;
const maxTextLength = 80; // of an untrusted key or value in a message

const printable = (text: string): string => text.replaceAll(/\p{C}/gu, "\uFFFD").slice(0, maxTextLength);

/** @throws UserError for data that does not fit the schema, with the message for its problems */
export function checked<Schema extends GenericSchema>(
  schema: Schema,
  data: unknown,
  message: (problems: string) => string,
): InferOutput<Schema> {
  const parsed = safeParse(schema, data);
  if (parsed.success) return parsed.output;
  throw new UserError(message(problemsOf(parsed.issues)));
}

/** As in `corpus.bytes: expected number, not "many"; color: unknown key`. */
export function problemsOf(issues: readonly BaseIssue<unknown>[]): string {
  const problems = issues.slice(0, maxProblems).map((issue) => {
    const path = printable(getDotPath(issue) ?? "");
    return (path ? `${path}: ` : "") + problemOf(issue);
  });
  const more = issues.length - problems.length;
  return problems.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function problemOf({ kind, type, expected, received, message, input }: BaseIssue<unknown>): string {
  if (expected === "never") return "unknown key";
  if (input === undefined) return "missing";
  return kind === "schema" && type !== "custom"
    ? `expected ${expected}, not ${printable(received)}`
    : printable(message);
}
