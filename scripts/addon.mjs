/** @file How the addon is made of src/kernels: what is compiled for each architecture, with which flags, by any compiler of C11. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const kernels = join(root, "src/kernels");

export const commonFlags = ["-std=c11", "-O3", "-g0", "-Wall", "-Wextra", "-fvisibility=hidden"];
/** No -ffast-math: NaN stays NaN, sums keep their order. Loops that begin with a line of the cache run up to a fifth faster. */
export const numericFlags = ["-fno-math-errno", "-ffp-contract=fast", "-falign-loops=64", "-falign-functions=64"];

const avx512 = ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mfma"];
/** The numeric sources' variants for each architecture of Node's: instruction set and the flags that allow it. */
const variants = {
  x64: {
    baseline: [],
    avx2: ["-mavx2", "-mfma"],
    avx512,
    avx512_bf16: [...avx512, "-mavx512bf16", "-DBF16_PRODUCTS"],
    avx2_bf16: ["-mavx2", "-mfma", "-DBF16_PRODUCTS"], // the same bits as the one before, slowly: for tests
  },
  arm64: { neon: [] },
};

const plainSources = ["threads", "processors", "scratch", "dispatch", "binding"];

/** For each platform of Node's: what else is compiled, and flags for the compiler and the linker. */
const platforms = {
  linux: { sources: plainSources, compile: ["-fPIC"], link: ["-shared", "-pthread", "-lm", "-ldl"] },
  darwin: { sources: plainSources, compile: ["-fPIC"], link: ["-shared", "-undefined", "dynamic_lookup"] },
  win32: {
    sources: [...plainSources, "windows"],
    compile: ["-DNAPI_EXTERN=__declspec(dllimport)"],
    link: ["-shared"],
  },
};

/** Whether the sources are made for it. */
export const canBeCompiledFor = ({ platform, arch }) => arch in variants && platform in platforms;

/** What an addon depends on: its sources and all flags. @param {unknown} settings flags that the caller adds */
export async function digestOf(settings) {
  const hash = createHash("sha256").update(JSON.stringify([commonFlags, numericFlags, variants, platforms, settings]));
  for (const name of (await readdir(kernels)).toSorted()) hash.update(name).update(await readFile(join(kernels, name)));
  return hash.digest("hex");
}

/**
 * Compiles and links. The file appears in one step, so that a process that runs keeps the addon it has.
 * @param {{ compiler: string[], platform: string, arch: string, flags?: string[], linkFlags?: string[], output: string }} how
 * @param {<T>(task: () => Promise<T>) => Promise<T>} when runs each compilation at once, or when its turn has come
 * @throws {Error} with the exit status and what the compiler printed, or with code ENOENT where it is not there
 */
export async function compileAddon({ compiler, platform, arch, flags = [], linkFlags = flags, output }, when = now) {
  const build = join(root, "build");
  await Promise.all([build, dirname(output)].map((path) => mkdir(path, { recursive: true })));
  const folder = await mkdtemp(join(build, "objects-"));
  const { sources, compile, link } = platforms[platform];
  const common = [...compiler, ...commonFlags, ...compile];
  const include = headerFolders().map((path) => `-I${path}`);
  const objects = [
    ...Object.entries(variants[arch]).map(([set, isaFlags]) => ({
      name: `variant-${set}`,
      command: [...common, ...numericFlags, ...isaFlags, ...flags, `-DVARIANT_TABLE=kernels_${set}`],
      source: "variant",
    })),
    ...sources.map((name) => ({ name, command: [...common, ...flags, ...include], source: name })),
  ].map((object) => ({ ...object, file: join(folder, `${object.name}.o`) }));
  try {
    await Promise.all(
      objects.map(({ command, source, file }) =>
        when(() => run([...command, join(kernels, `${source}.c`), "-c", "-o", file])),
      ),
    );
    const linked = join(folder, "native.node");
    await run([...compiler, ...linkFlags, ...objects.map(({ file }) => file), ...link, "-o", linked]);
    await rename(linked, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const now = (task) => task();

/** Node-API's headers: the package's, else those that came with Node. */
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
      status === 0 ? resolve() : reject(new Error(`${program} ended with ${status ?? signal}: ${printed}`)),
    );
  });
}

/** What failed, in a line. @param {Error} error of `compileAddon` */
export const firstErrorOf = ({ message }) =>
  message.match(/^.*\b(?:error|undefined)\b.*$/m)?.[0] ?? message.split("\n", 1)[0];
