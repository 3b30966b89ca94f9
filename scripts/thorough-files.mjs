/** @file The test files that `npm run test:all` runs otherwise than `npm test`: heavy ones, and those with more random cases there. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { globSync } from "tinyglobby";
import { root } from "./addon.mjs";

/** Says how many cases are tried. */
const cases = join(root, "test/support/thorough.ts");

/** @returns {string[]} the files of the project that a file imports */
const importsOf = (file) =>
  [...readFileSync(file, "utf8").matchAll(/from "(\.[^"]+)\.js"/g)].map(([, path]) =>
    join(dirname(file), `${path}.ts`),
  );

/** @returns {string[]} paths from the project's folder */
export function thoroughFiles() {
  const files = globSync("test/**/*.ts", { cwd: root, absolute: true });
  const importsIn = new Map(files.map((file) => [file, importsOf(file)]));
  const reached = new Set([cases]); // files that read the number of cases, directly or through another file of test/
  for (let size = 0; size < reached.size;) {
    size = reached.size;
    for (const [file, imported] of importsIn) if (imported.some((path) => reached.has(path))) reached.add(file);
  }
  return files
    .filter((file) => file.endsWith(".heavy.test.ts") || (file.endsWith(".test.ts") && reached.has(file)))
    .map((file) => relative(root, file));
}
