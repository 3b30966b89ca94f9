/** @file Compiles src/ into dist/, each file as JavaScript and its declarations, and bundles the program and the page's; checking types is `npm run typecheck`. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePage } from "./bundle-page.mjs";
import { bundleProgram } from "./bundle-program.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "src");
const target = join(root, "dist");

/** @returns {Promise<boolean>} whether dist/ is up to date; without the compiler nothing is changed */
export async function buildScripts() {
  const compiler = await import("@swc/wasm-typescript").catch(() => null);
  if (compiler === null) return false;
  const { transformSync } = compiler.default;
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith(".ts"));
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await Promise.all(
    files.map(async (file) => {
      const { code } = transformSync(await readFile(join(source, file), "utf8"), { mode: "transform", filename: file });
      const compiled = join(fresh, file.replace(/\.ts$/, ".js"));
      await mkdir(dirname(compiled), { recursive: true });
      await writeFile(compiled, code);
    }),
  );
  writeDeclarations(fresh);
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
  await bundleProgram();
  await bundlePage();
  return true;
}

/**
 * Declarations (.d.ts) of all files, also of files with type errors. An install without development packages has no TypeScript compiler and does not need them.
 * @throws Error if a package is being made and they cannot be written
 */
function writeDeclarations(folder) {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const options = ["-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", folder];
  const compiled = existsSync(compiler) && spawnSync(process.execPath, [compiler, ...options], { cwd: root });
  if (existsSync(join(folder, "index.d.ts")) || !["pack", "publish"].includes(process.env.npm_command)) return;
  throw new Error(
    `the package needs declarations, and TypeScript made none: ${compiled ? compiled.stdout + compiled.stderr : `no ${compiler}`}`,
  );
}
