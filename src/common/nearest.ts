/** @file The known names nearest to one that was typed, for "did you mean …". */
import leven from "leven";

/** The most edits between two names that count as a typo: a third of the letters; at least two, a transposition, from five letters on. */
const tolerance = (name: string): number => Math.max(name.length < 5 ? 1 : 2, Math.floor(name.length / 3));

const sortedLetters = (name: string): string => Array.from(name).toSorted().join("");

/**
 * Known names that are within a few edits of a name, or begin with it or end with it, nearest first.
 * @param name the typed name, compared without case
 * @param known the names to choose from
 * @returns at most `limit` names; an empty list if none is near
 */
export function nearestNames(name: string, known: Iterable<string>, limit = 3): string[] {
  const typed = name.toLowerCase();
  const distanceTo = (candidate: string): number => {
    const lower = candidate.toLowerCase();
    if (typed.length >= 3 && (lower.startsWith(typed) || lower.endsWith(typed))) return 0.5;
    const distance = sortedLetters(typed) === sortedLetters(lower) ? 1 : leven(typed, lower); // transposed letters
    return distance <= tolerance(typed) ? distance : Infinity;
  };
  return [...new Set(known)]
    .map((candidate) => ({ candidate, distance: distanceTo(candidate) }))
    .filter(({ distance }) => distance < Infinity)
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/**
 * The end of a message about an unknown name: `; did you mean a or b?`, or `; columns are: a, b, …` if none is near.
 * @param known the names to choose from
 * @param plural the plural noun for the names, such as "columns"
 */
export function suggestion(name: string, known: readonly string[], plural: string): string {
  const near = nearestNames(name, known);
  if (near.length > 0) return `; did you mean ${near.join(" or ")}?`;
  return known.length > 0 ? `; ${plural} are: ${known.join(", ")}` : `; there are no ${plural}`;
}
