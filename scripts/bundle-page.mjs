/** @file Bundles the programs of pages into build/web/: the main program of `rnn export --to web`, its worker that contains the library, and the program of the page of `rnn serve`. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { harmless } from "./bundle-program.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const target = join(root, "build/web");

/** The page imports TF.js module by module, so that only used code is bundled; its package entry point would include optimizers. */
const tfjs = {
  name: "tfjs",
  resolveId(id, from) {
    if (id.endsWith("/tfjs.js") && from?.startsWith(dist)) return join(dist, "browser/browserTfjs.js");
    return id === "@tensorflow/tfjs-core" ? this.resolve("@tensorflow/tfjs-core/dist/base.js", from) : null;
  },
};

/** Libraries in the bundles. */
const licenses =
  "/* TensorFlow.js (Apache License 2.0, Google), long (Apache License 2.0), seedrandom, pure-rand, valibot, leven (MIT License) */";

/** Bundles the programs, unless they were bundled from the same modules before. */
export async function bundlePage() {
  const recordFile = join(target, "modules.json");
  const record = existsSync(recordFile) ? JSON.parse(await readFile(recordFile, "utf8")) : null;
  if (record !== null && (await digestOf(record.modules)) === record.digest) return;
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const used = new Set();
  for (const name of ["page", "thread", "writing"])
    await writeFile(join(fresh, `${name}.js`), await bundled(name, used));
  const modules = [...used];
  await writeFile(join(fresh, "modules.json"), JSON.stringify({ digest: await digestOf(modules), modules }));
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

/** @param used collects the project's modules in the bundle */
async function bundled(name, used) {
  const { rollup } = await import("@rollup/wasm-node");
  const { minify } = await import("terser");
  const [commonjs, resolve] = await Promise.all(
    ["commonjs", "node-resolve"].map(async (plugin) => (await import(`@rollup/plugin-${plugin}`)).default),
  );
  const bundle = await rollup({
    input: join(root, "dist/browser", `${name}.js`),
    plugins: [tfjs, resolve({ browser: true }), commonjs()],
    treeshake: { moduleSideEffects: "no-external" }, // removes imports of node:timers and the like with the functions that use them
    onwarn: ({ code, message }) => harmless.has(code) || console.error(message),
  });
  const { output } = await bundle.generate({ format: "iife" });
  await bundle.close();
  const [{ code, imports, modules }] = output;
  if (imports.length > 0) throw new Error(`${name}.js cannot run in a page, because it imports ${imports.join(", ")}`);
  for (const id of Object.keys(modules)) if (id.startsWith(dist)) used.add(relative(root, id));
  const { code: small } = await minify(code, {
    ecma: 2020,
    toplevel: true,
    format: { comments: false, preamble: licenses },
  });
  return small;
}

/** Digest of modules, this script and the versions of packages. */
async function digestOf(modules) {
  const hash = createHash("sha256");
  for (const file of ["scripts/bundle-page.mjs", "package-lock.json", ...modules]) {
    hash.update(file).update(await readFile(join(root, file)).catch(() => ""));
  }
  return hash.digest("hex");
}
