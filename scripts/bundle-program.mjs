/** @file Puts the program and the packages that it uses into a few files, bundle/: Node takes longer to find hundreds of small ones than to run them. */
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "dist");
const target = join(root, "bundle");

/** What Rollup remarks on in the packages. */
export const harmless = new Set(["CIRCULAR_DEPENDENCY", "THIS_IS_UNDEFINED"]);

/** The width of a text is counted as src/render/ does: the package makes Intl.Segmenters as it loads, and the first takes a fifth of Node's own start. */
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

/** The first line of a file: which packages are in it. */
function banner({ moduleIds }) {
  const names = moduleIds.map((id) => /.*node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id)?.[1]);
  return `/* packages: ${[...new Set(names.filter(Boolean))].join(" ")} */`;
}

/** Bundles dist/cli/cli.js; names stay as they are, so that a stack trace can be read. TensorFlow.js, which is CommonJS, is loaded from its package, and so is h5wasm, which is 4 MB. */
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
  // All files beside one another: each finds the package's folder as its parent.
  await bundled.write({ dir: fresh, format: "es", chunkFileNames: "[name]-[hash].js", banner });
  await bundled.close();
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}
