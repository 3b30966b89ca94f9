/** @file Compiles src/ into dist/ by taking the types away, and bundles the program and the page's; checking types is `npm run typecheck`, which a lean install cannot. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePage } from "./bundle-page.mjs";
import { bundleProgram } from "./bundle-program.mjs";

const source = fileURLToPath(new URL("../src", import.meta.url));
const target = fileURLToPath(new URL("../dist", import.meta.url));

/** @returns {Promise<boolean>} whether dist/ is that of these sources: without the compiler nothing is touched */
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
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
  await bundleProgram();
  await bundlePage();
  return true;
}
