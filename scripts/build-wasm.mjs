/** @file Compiles src/kernels to wasm/kernels.wasm, the same bytes on any machine: `npm run build-wasm`; `-- --check` compares instead of writing. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runClang } from "@yowasp/clang";

const root = fileURLToPath(new URL("..", import.meta.url));
const kernels = join(root, "src/kernels");
const output = join(root, "wasm/kernels.wasm");

const sources = ["variant", "threads", "scratch", "dispatch", "wasm_binding", "wasm_memory"];
const flags = [
  "--target=wasm32-wasip1",
  "-std=c11",
  "-O3",
  "-Wall",
  "-Wextra",
  "-fno-math-errno",
  "-ffp-contract=off",
  "-mllvm",
  "-disable-lsr",
  ...["simd128", "atomics", "bulk-memory"].map((feature) => `-m${feature}`),
  "-DVARIANT_TABLE=kernels_simd128",
];
/** A shared memory comes from outside. The C library's few functions, exp and log, were compiled for one thread and are right for any. */
const linkFlags = [
  "-nostartfiles",
  "-Wl,--no-entry",
  "-Wl,--import-memory",
  "-Wl,--shared-memory",
  "-Wl,--initial-memory=4194304", // engine/wasm/instance.ts makes it as large
  "-Wl,--max-memory=4294967296",
  "-Wl,--no-check-features",
  "-Wl,--export=__stack_pointer",
  "-Wl,-z,stack-size=1048576",
  "-Wl,--strip-all",
];

/** @returns {Promise<Uint8Array>} */
export async function compileWasm({ extraFlags = [], names = sources } = {}) {
  const files = await filesOf(kernels);
  const command = ["clang", ...flags, ...extraFlags, ...linkFlags, ...names.map((name) => `${name}.c`), "-o", "out"];
  let printed = "";
  const print = (bytes) => (printed += new TextDecoder().decode(bytes ?? undefined));
  const failed = (error) => ({ message: printed || error.message }); // the error itself holds all files
  const { out, message } = await runClang(command, files, {
    stdout: print,
    stderr: print,
    fetchProgress: () => {},
  }).catch(failed);
  if (!out) throw new Error(`clang: ${message}`);
  if (printed !== "") console.error(printed);
  return out;
}

/** A folder as @yowasp/clang takes it: texts by name, folders within. */
async function filesOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.map(async (entry) => [
    entry.name,
    await (entry.isDirectory() ? filesOf : (path) => readFile(path, "utf8"))(join(folder, entry.name)),
  ]);
  return Object.fromEntries(await Promise.all(files));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await compileWasm();
  if (process.argv.includes("--check")) {
    if (Buffer.compare(built, await readFile(output)) !== 0) {
      console.error("wasm/kernels.wasm is not what src/kernels compiles to: npm run build-wasm");
      process.exitCode = 1;
    }
  } else {
    await mkdir(join(root, "wasm"), { recursive: true });
    await writeFile(output, built);
    console.log(`wasm/kernels.wasm: ${built.length} bytes`);
  }
}
