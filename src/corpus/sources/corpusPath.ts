/** @file The path of a corpus, which may be several files: patterns are replaced by the files that match them. */
import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { UsageError, UserError } from "../../common/errors.js";

/** The path of a file or folder, a pattern such as `data/*.txt`, `-` for standard input, or several paths and patterns, which are one corpus. */
export type CorpusPath = string | readonly string[];

/**
 * The paths in the order in which they are given, with the files that match a pattern in place of it, sorted by code units. A path that is named
 * twice counts once. One path is a string.
 * @throws UserError for a pattern that no file matches, UsageError for no path, and for standard input among several
 */
export async function expandedPath(given: CorpusPath): Promise<CorpusPath> {
  const found = new Map<string, string>(); // by absolute path
  for (const path of pathsOf(given))
    for (const file of await filesMatching(path)) if (!found.has(resolve(file))) found.set(resolve(file), file);
  const paths = [...found.values()];
  if (paths.length === 0) throw new UsageError("no file is named; name one, as in corpora/fables.txt");
  if (paths.length > 1 && paths.includes("-"))
    throw new UsageError(
      "standard input (-) cannot be one of several files; name it alone, and join the texts before it, as in `cat a.txt - | rnn train -`",
    );
  return paths.length === 1 ? paths[0]! : paths;
}

export const pathsOf = (path: CorpusPath): readonly string[] => (typeof path === "string" ? [path] : path);

/** For messages: "a.csv", or "a.csv and 3 others". */
export function pathText(path: CorpusPath): string {
  const [first = "", ...others] = pathsOf(path);
  return others.length === 0 ? first : `${first} and ${others.length} other${others.length === 1 ? "" : "s"}`;
}

/** How a checkpoint records a path. */
export const pathRecord = (path: CorpusPath): { name: string; files?: string[] } => ({
  name: pathText(path),
  ...(typeof path !== "string" && { files: [...path] }),
});

/** A file whose name has the characters of a pattern is taken as that file. */
async function filesMatching(path: string): Promise<string[]> {
  if (!/[*?[\]{}]/.test(path) || existsSync(path)) return [path];
  const { glob } = await import("tinyglobby");
  const pattern = process.platform === "win32" ? path.replaceAll("\\", "/") : path;
  const files = await glob(pattern, { absolute: isAbsolute(path), expandDirectories: false });
  if (files.length === 0) throw new UserError(`${path}: no such file, and no file matches it as a pattern`);
  return files.toSorted();
}
