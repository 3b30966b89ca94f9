/** @file Compiles src/kernels into a native addon with any C11 compiler: sources and flags for each platform and architecture. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { devNull } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const kernels = join(root, "src/kernels");

export const commonFlags = ["-std=c11", "-O3", "-g0", "-Wall", "-Wextra", "-fvisibility=hidden"];
/** Without -ffast-math, so that NaN stays NaN and sums keep their order. Loops aligned to cache lines run up to a fifth faster. */
export const numericFlags = ["-fno-math-errno", "-ffp-contract=fast", "-falign-loops=64", "-falign-functions=64"];

const avx2 = ["-mavx2", "-mfma"];
const avx512 = ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mfma"];
const tiles = ["-DBF16_PRODUCTS", "-DTILE_PRODUCTS"];
/**
 * Variants of the numeric sources for each architecture (Node's names): instruction sets and the compiler flags that enable them. `needs`: flags that older
 * compilers do not have, which then leave the variant out; `platform`: the only one that can run it.
 * @type {Record<string, Record<string, { flags: string[], needs?: string[], platform?: string }>>}
 */
const variants = {
  x64: {
    baseline: { flags: [] },
    avx2: { flags: avx2 },
    avx512: { flags: avx512 },
    avx512_bf16: { flags: [...avx512, "-DBF16_PRODUCTS"], needs: ["-mavx512bf16"] },
    amx_bf16: { flags: [...avx512, ...tiles], needs: ["-mavx512bf16", "-mamx-tile", "-mamx-bf16"], platform: "linux" },
    // For tests: the same bits as the two before, but slow.
    avx2_bf16: { flags: [...avx2, "-DBF16_PRODUCTS"] },
    emulated_amx_bf16: { flags: [...avx2, ...tiles, "-DEMULATED_TILES"] },
  },
  arm64: { neon: { flags: [] } },
};

const plainSources = ["threads", "processors", "scratch", "dispatch", "binding"];

/** For each platform (Node's names): the other sources, and flags of the compiler and the linker. */
const platforms = {
  linux: { sources: plainSources, compile: ["-fPIC"], link: ["-shared", "-pthread", "-lm", "-ldl"] },
  darwin: { sources: plainSources, compile: ["-fPIC"], link: ["-shared", "-undefined", "dynamic_lookup"] },
  win32: {
    sources: [...plainSources, "windows"],
    compile: ["-DNAPI_EXTERN=__declspec(dllimport)"],
    link: ["-shared"],
  },
};

/** Whether the sources support the platform and the architecture. */
export const canBeCompiledFor = ({ platform, arch }) => arch in variants && platform in platforms;

/** A hash of what an addon depends on: its sources and all flags. @param {unknown} settings flags that the caller adds @returns {Promise<string>} */
export async function digestOf(settings) {
  const hash = createHash("sha256").update(JSON.stringify([commonFlags, numericFlags, variants, platforms, settings]));
  for (const name of (await readdir(kernels)).toSorted()) hash.update(name).update(await readFile(join(kernels, name)));
  return hash.digest("hex");
}

/** The file beside an addon with the SHA-256 of its bytes, which rnn compares before it loads the addon. */
export const checksumFile = (addon) => `${addon}.sha256`;

/**
 * Compiles and links an addon, with its checksum beside it. The output file is replaced atomically, so that running processes keep the addon that they
 * have loaded.
 * @param {{ compiler: string[], platform: string, arch: string, flags?: string[], linkFlags?: string[], output: string }} options
 * @param {<T>(task: () => Promise<T>) => Promise<T>} schedule runs each compilation, at once or later
 * @throws {Error} with the exit status and the output of the compiler, or with the code ENOENT if there is no such compiler
 */
export async function compileAddon(
  { compiler, platform, arch, flags = [], linkFlags = flags, output },
  schedule = runNow,
) {
  const build = join(root, "build");
  await Promise.all([build, dirname(output)].map((path) => mkdir(path, { recursive: true })));
  const folder = await mkdtemp(join(build, "objects-"));
  const { sources, compile, link } = platforms[platform];
  const common = [...compiler, ...commonFlags, ...compile];
  const include = headerFolders().map((path) => `-I${path}`);
  const sets = await compilableVariants([...compiler, ...flags], platform, arch);
  const objects = [
    ...sets.map(([set, isaFlags]) => ({
      name: `variant-${set}`,
      command: [...common, ...numericFlags, ...isaFlags, ...flags, `-DVARIANT_TABLE=kernels_${set}`],
      source: "variant",
    })),
    ...sources.map((name) => ({
      name,
      command: [...common, ...flags, ...include, ...sets.map(([set]) => `-DWITH_${set}`)],
      source: name,
    })),
  ].map((object) => ({ ...object, file: join(folder, `${object.name}.o`) }));
  try {
    await Promise.all(
      objects.map(({ command, source, file }) =>
        schedule(() => run([...command, join(kernels, `${source}.c`), "-c", "-o", file])),
      ),
    );
    const linked = join(folder, "native.node");
    await run([...compiler, ...linkFlags, ...objects.map(({ file }) => file), ...link, "-o", linked]);
    await writeFile(
      checksumFile(output),
      createHash("sha256")
        .update(await readFile(linked))
        .digest("hex"),
    );
    await rename(linked, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const runNow = (task) => task();

/** The variants that the compiler supports, each with all of its flags. @param {string[]} compiler @returns {Promise<[string, string[]][]>} */
export async function compilableVariants(compiler, platform, arch) {
  const sets = await Promise.all(
    Object.entries(variants[arch])
      .filter(([, variant]) => platform === (variant.platform ?? platform))
      .map(async ([set, { flags, needs = [] }]) =>
        needs.length === 0 || (await accepts(compiler, needs)) ? [[set, [...flags, ...needs]]] : [],
      ),
  );
  return sets.flat();
}

/** Whether the compiler knows these flags. @throws {Error} with the code ENOENT if there is no such compiler */
async function accepts(compiler, flags) {
  try {
    await run([...compiler, ...flags, "-x", "c", "-E", "-o", devNull, devNull]);
    return true;
  } catch (error) {
    if (error.code === "ENOENT") throw error;
    return false;
  }
}

/** Folders with the headers of Node-API: that of the package node-api-headers if it is installed, then that of the Node installation. */
function headerFolders() {
  const beside = join(dirname(process.execPath), "../include/node");
  try {
    return [createRequire(import.meta.url)("node-api-headers").include_dir, beside];
  } catch {
    return [beside];
  }
}

function run([program, ...programArguments]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArguments, { stdio: ["ignore", "ignore", "pipe"] });
    let printed = "";
    child.stderr.on("data", (chunk) => (printed += chunk));
    child.on("error", reject);
    child.on("close", (status, signal) =>
      status === 0 ? resolve() : reject(new Error(`${program} exited with ${status ?? signal}: ${printed}`)),
    );
  });
}

/** The first error of the compiler, in one line. @param {Error} error of `compileAddon` */
export const firstErrorOf = ({ message }) =>
  message.match(/^.*\b(?:error|undefined)\b.*$/m)?.[0] ?? message.split("\n", 1)[0];
