/** @file What a schema found wrong, all of it, as one line for a person. */
import { type BaseIssue, getDotPath } from "valibot";

const shown = 6;
const longest = 80; // characters of a key or a value that somebody else wrote

const harmless = (text: string): string => text.replaceAll(/\p{C}/gu, "\uFFFD").slice(0, longest);

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
