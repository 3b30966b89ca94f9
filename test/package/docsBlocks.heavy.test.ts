/** @file The package has its declarations, and each program in README and docs type-checks and runs in a project that uses it. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { packageFolder } from "../../src/common/packageFolder.js";
import { folderWith } from "../support/folder.js";

type Block = { name: string; language: "ts" | "js"; code: string };

/** Commands to run before a page's programs, as its text says. */
const preparations: Record<string, string[][]> = { "docs/export.md": [["export", "critic", "--to", "onnx"]] };

/** The blocks of a page, except excerpts of the sources, which the guide's test compares. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(packageFolder, page), "utf8");
  const found = [...text.matchAll(/(<!-- src\/[^\n]* -->\n+)?^```(ts|js)\n([^]*?)^```$/gm)];
  return found
    .filter(([, excerpt]) => excerpt === undefined)
    .map(([, , language, code], index) => ({
      name: `${page.replaceAll(/\W/g, "-")}-${index + 1}`,
      language: language as Block["language"],
      code: code!,
    }));
}

const markdown = (folder: string): string[] =>
  readdirSync(join(packageFolder, folder))
    .filter((name) => name.endsWith(".md") && name !== "api.md") // declarations, no programs
    .map((name) => `${folder}/${name}`);
const pages = ["README.md", ...markdown("docs"), ...markdown("docs/guide")];
const blocks = pages.flatMap((page) => blocksOf(page).map((block) => ({ page, ...block })));

const project = folderWith({
  "package.json": JSON.stringify({ type: "module", private: true }),
  "node_modules/.keep": "",
  ...Object.fromEntries(blocks.map(({ name, language, code }) => [`${name}.${language}`, `${code}export {};\n`])),
});
const modules = join(project, "node_modules");
const resolutions = { node16: "node16", bundler: "esnext" };

/** Runs a program in the project. @returns its stdout @throws if it fails, with its output */
function run(program: string, given: string[], cwd = project): string {
  const { status, stdout, stderr, error } = spawnSync(program, given, { cwd, encoding: "utf8", maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`${basename(program)} ${given.join(" ")}: ${error?.message ?? stdout + stderr}`);
  return stdout;
}

/** Links each package of the repository into the project. */
function linkPackages(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    if (name.startsWith(".")) continue;
    if (!name.startsWith("@")) symlinkSync(join(from, name), join(to, name));
    else {
      mkdirSync(join(to, name));
      linkPackages(join(from, name), join(to, name));
    }
  }
}

let files: string[] = [];

beforeAll(() => {
  // Without scripts: the addons, which take zig, are left out, and WebAssembly computes.
  const packing = ["pack", "--ignore-scripts", "--json", "--pack-destination", project];
  const [packed] = JSON.parse(run("npm", packing, packageFolder)) as [{ filename: string; files: { path: string }[] }];
  files = packed.files.map(({ path }) => path);
  mkdirSync(join(modules, "rnn-text"));
  run("tar", ["-xzf", packed.filename, "-C", join(modules, "rnn-text"), "--strip-components", "1"]);
  linkPackages(join(packageFolder, "node_modules"), modules);
  symlinkSync(join(packageFolder, "corpora"), join(project, "corpora"));
});

test("package: every module has its declarations", () => {
  const missing = files.filter((path) => /^dist\/.*\.js$/.test(path) && !path.startsWith("dist/browser/"));
  expect(missing.length).toBeGreaterThan(100);
  expect(missing.filter((path) => !files.includes(path.replace(/\.js$/, ".d.ts")))).toEqual([]);
});

/** Type errors of the project's files, and of the package's declarations. */
function typeErrors(include: string, compilerOptions: object): string[] {
  const options = { target: "es2023", types: ["node"], rootDir: ".", outDir: "made", ...compilerOptions };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include: [include] }));
  const { stdout } = spawnSync(process.execPath, [join(modules, "typescript/bin/tsc")], {
    cwd: project,
    encoding: "utf8",
  });
  return stdout.split("\n").filter((line) => line.includes("error TS") && !line.startsWith("..")); // other packages' are linked
}

test.each(Object.entries(resolutions))(
  "docs: TypeScript examples type-check with module resolution %s",
  (name, module) => {
    expect(typeErrors("*.ts", { strict: true, module, moduleResolution: name })).toEqual([]);
  },
);

test("docs: JavaScript examples type-check", () => {
  expect(typeErrors("*.js", { strict: false, allowJs: true, checkJs: true, noEmit: true, module: "node16" })).toEqual(
    [],
  );
});

test.each(blocks)("docs: $name runs", ({ page, name, language }) => {
  for (const given of preparations[page] ?? []) run(process.execPath, [join(modules, "rnn-text/bin/rnn.js"), ...given]);
  expect(run(process.execPath, [language === "ts" ? join("made", `${name}.js`) : `${name}.js`])).not.toBe("");
});
