/** @file Bundles the program and the packages that it uses into a few files in bundle/. Resolving hundreds of small modules would dominate Node's start-up time. */
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "dist");
const target = join(root, "bundle");

/** Codes of Rollup's warnings about the packages that are ignored. */
export const harmless = new Set(["CIRCULAR_DEPENDENCY", "THIS_IS_UNDEFINED"]);

/** Replaces the package string-width by the function of src/render/. The package creates an Intl.Segmenter when it loads, which takes a fifth of Node's start-up time. */
const stringWidth = {
  name: "string-width",
  resolveId: (id) => (id === "string-width" ? id : null),
  load: (id) =>
    id === "string-width"
      ? [
          `import { stripVTControlCharacters } from "node:util";`,
          `import { displayWidth } from ${JSON.stringify(join(modules, "render/textWidth.js"))};`,
          `export default (text) => displayWidth(stripVTControlCharacters(text));`,
        ].join("\n")
      : null,
};

/** The first line of a bundled file: the packages that it contains. */
function banner({ moduleIds }) {
  const names = moduleIds.map((id) => /.*node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id)?.[1]);
  return `/* packages: ${[...new Set(names.filter(Boolean))].join(" ")} */`;
}

/** Bundles dist/cli/cli.js without minification, so that stack traces are readable. TensorFlow.js (CommonJS) and h5wasm (4 MB) are not bundled but loaded from their packages. */
export async function bundleProgram() {
  const { rollup } = await import("@rollup/wasm-node");
  const [commonjs, json, resolve] = await Promise.all(
    ["commonjs", "json", "node-resolve"].map(async (name) => (await import(`@rollup/plugin-${name}`)).default),
  );
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  const bundled = await rollup({
    input: { rnn: join(modules, "cli/cli.js") },
    external: ["h5wasm"],
    plugins: [stringWidth, resolve({ exportConditions: ["node"], preferBuiltins: true }), commonjs(), json()],
    onwarn: ({ code, message }) => harmless.has(code) || console.error(message),
  });
  // All files are in one folder: each finds the package's folder as its parent.
  await bundled.write({ dir: fresh, format: "es", chunkFileNames: "[name]-[hash].js", banner });
  await bundled.close();
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}
