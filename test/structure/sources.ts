/** @file The TypeScript files of src, their imports, and the rooms (first folders) that the imports connect. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** An import of another file of src. Imports of types alone are erased and connect no code. */
export type Import = { target: string; typesOnly: boolean };
export type Source = { path: string; text: string; lines: number; imports: readonly Import[] };

/** `import … from`, `export … from`, `import "…"`, and `import("…")` of a relative path. */
const importPattern = /(?:\b(?:import|export)\s+(type\b)?([^;"]*?)\bfrom\s*|\bimport\s*\(?\s*)"(\.{1,2}\/[^"]+)"/g;

const isTypesOnly = (keyword: string | undefined, names: string | undefined): boolean =>
  keyword !== undefined || /^\{\s*(?:type\s[^,}]*,?\s*)+\}\s*$/.test(names ?? "");

/** Every file with its path below src. */
export function readSources(): Source[] {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  return files
    .filter((path) => path.endsWith(".ts"))
    .toSorted()
    .map((path) => {
      const text = readFileSync(join("src", path), "utf8");
      const imports = Array.from(text.matchAll(importPattern), ([, keyword, names, target]) => ({
        target: posix.join(dirname(path), target!).replace(/\.js$/, ".ts"),
        typesOnly: isTypesOnly(keyword, names),
      }));
      return { path, text, lines: text.split("\n").length - 1, imports };
    });
}

/** `engine` for `engine/ops/scan.ts`; the file's own name for a file directly in src. */
export const roomOf = (path: string): string => path.split("/", 1)[0]!;

export type Arrow = { from: string; to: string; file: string; target: string; typesOnly: boolean };

/** The imports that cross from one part of the tree to another. @param partOf the part of a file; undefined leaves the file out */
export function arrowsBetween(sources: readonly Source[], partOf: (path: string) => string | undefined): Arrow[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ target, typesOnly }) => {
      const [from, to] = [partOf(path), partOf(target)];
      return from === undefined || to === undefined || from === to ? [] : [{ from, to, file: path, target, typesOnly }];
    }),
  );
}

/** The parts that import themselves through other parts. */
export function partsOnCycles(arrows: readonly Arrow[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of arrows) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  const reachesItself = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [...(targets.get(start) ?? [])];
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      if (seen.has(part)) continue;
      seen.add(part);
      open.push(...(targets.get(part) ?? []));
    }
    return seen.has(start);
  };
  return [...targets.keys()].filter(reachesItself).toSorted();
}
