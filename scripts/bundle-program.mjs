/**
 * @file Bundles the program and the packages that it uses into bundle/, for a short start-up: few files, since Node takes longer to find a small module than to
 * run it; CommonJS, since Node's loader of ES modules takes longer than its older one; ASCII, since Node reads it without decoding.
 */
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stages } from "./start-up-stages.mjs";

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

/** Only the parser of yargs is used, and no import is there for its effects: without this, Rollup would keep the modules around them. */
const hasEffects = (id, external) =>
  !external && !/node_modules[/\\](?:yargs|y18n|cliui|escalade|get-caller-file)[/\\]/.test(id);

/** Writes characters outside ASCII as escapes. They occur in texts, regular expressions and comments only. */
const ascii = {
  name: "ascii",
  renderChunk: (code) => ({
    code: code.replaceAll(/[^\0-\x7F]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
    map: null,
  }),
};

/** The first line of a bundled file: the packages that it contains. */
function banner({ modules: contained }) {
  const ids = Object.keys(contained).filter((id) => contained[id].renderedLength > 0);
  const names = ids.map((id) => /.*node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id)?.[1]);
  return `/* packages: ${[...new Set(names.filter(Boolean))].join(" ")} */`;
}

/** Names the file of a module: the first stage that loads it. Rollup itself distributes the modules that no stage loads. */
function filesByStage() {
  let loadedBy;
  return (id, { getModuleInfo }) => {
    loadedBy ??= Object.entries(stages).map(([name, roots]) => ({ name, loaded: loadedWith(roots, getModuleInfo) }));
    return loadedBy.find(({ loaded }) => loaded.has(id))?.name;
  };
}

/** The ids of modules and of all that they import. */
function loadedWith(roots, getModuleInfo) {
  const loaded = new Set();
  const add = (id) => {
    const module = getModuleInfo(id);
    if (module === null) throw new Error(`a stage names ${id}, which the program does not load`);
    if (module.isExternal || loaded.has(id)) return;
    loaded.add(id);
    module.importedIds.forEach(add);
  };
  for (const path of roots) add(join(modules, path));
  return loaded;
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
    preserveEntrySignatures: "allow-extension", // without a file of its own for the entry
    treeshake: { moduleSideEffects: hasEffects },
    plugins: [stringWidth, resolve({ exportConditions: ["node"], preferBuiltins: true }), commonjs(), json()],
    onwarn: ({ code, message }) => harmless.has(code) || console.error(message),
  });
  // All files are in one folder: each finds the package's folder as its parent.
  await bundled.write({
    dir: fresh,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
    manualChunks: filesByStage(),
    hoistTransitiveImports: false, // a file loads what it uses itself
    externalLiveBindings: false,
    plugins: [ascii],
    banner,
  });
  await bundled.close();
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}
