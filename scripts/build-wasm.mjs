/** @file Compiles src/kernels to the binaries in wasm/, the same bytes on any machine: `npm run build-wasm`; `-- --check` compares instead of writing. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runClang } from "@yowasp/clang";

const root = fileURLToPath(new URL("..", import.meta.url));
const kernels = join(root, "src/kernels");
/** Further instructions of each binary: relaxed-simd has a fused multiply-add, which engines have since 2023. */
const binaries = { "wasm/kernels.wasm": [], "wasm/kernels.relaxed-simd.wasm": ["-mrelaxed-simd"] };

const sources = ["variant", "threads", "scratch", "dispatch", "wasm_binding", "wasm_memory"];
const everywhere = ["--target=wasm32-wasip1", "-nostartfiles", "-Wl,--no-entry", "-Wl,--strip-all"];
const flags = [
  "-std=c11",
  "-O3",
  "-Wall",
  "-Wextra",
  "-fno-math-errno",
  "-ffp-contract=off",
  "-mllvm",
  "-disable-lsr", // it adds what engines do in an address
  ...["simd128", "atomics", "bulk-memory"].map((feature) => `-m${feature}`),
  "-DVARIANT_TABLE=kernels_simd128",
];
/** The shared memory is imported. The functions of the C library, exp and log, were compiled for one thread and are correct with several threads. */
const linkFlags = [
  "-Wl,--import-memory",
  "-Wl,--shared-memory",
  "-Wl,--initial-memory=4194304", // engine/wasm/instance.ts makes it as large
  "-Wl,--max-memory=4294967296",
  "-Wl,--no-check-features",
  "-Wl,--export=__stack_pointer",
  "-Wl,-z,stack-size=1048576",
];

/** The kernels, compiled with these further options. @param {string[]} instructions */
const compileKernels = async (instructions) =>
  compileWith(
    [...flags, ...instructions, ...linkFlags],
    await filesOf(kernels),
    sources.map((name) => `${name}.c`),
  );

/**
 * Compiles C to a WebAssembly module that has no start.
 * @param {string[]} options of clang
 * @param {object} files texts by name, folders within
 * @param {string[]} names of the files to compile; the others are included
 * @returns {Promise<Uint8Array>}
 * @throws {Error} with the compiler's message
 */
export async function compileWith(options, files, names = Object.keys(files)) {
  let printed = "";
  const print = (bytes) => (printed += new TextDecoder().decode(bytes ?? undefined));
  const failed = (error) => ({ message: printed || error.message }); // the error itself holds all files
  const command = ["clang", ...everywhere, ...options, ...names, "-o", "out"];
  const { out, message } = await runClang(command, files, { stdout: print, stderr: print }).catch(failed);
  if (!out) throw new Error(`clang: ${message}`);
  if (printed !== "") console.error(printed);
  return out;
}

/** A folder's files as @yowasp/clang takes them. */
async function filesOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.map(async (entry) => [
    entry.name,
    await (entry.isDirectory() ? filesOf : (path) => readFile(path, "utf8"))(join(folder, entry.name)),
  ]);
  return Object.fromEntries(await Promise.all(files));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, instructions] of Object.entries(binaries)) {
    const output = join(root, name);
    const built = await compileKernels(instructions);
    if (process.argv.includes("--check")) {
      if (Buffer.compare(built, await readFile(output)) !== 0) {
        console.error(`${name} is out of date with src/kernels; run npm run build-wasm`);
        process.exitCode = 1;
      }
    } else {
      await mkdir(join(root, "wasm"), { recursive: true });
      await writeFile(output, built);
      console.log(`${name}: ${built.length} bytes`);
    }
  }
}
