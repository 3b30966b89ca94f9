/** @file Compiles src/kernels into build/native.node with the machine's own C compiler, if there is one and something has changed. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const kernels = join(root, "src/kernels");
const build = join(root, "build");

export const commonFlags = ["-std=c11", "-O3", "-g0", "-Wall", "-Wextra", "-fPIC", "-fvisibility=hidden"];
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

const linkFlags = {
  linux: ["-shared", "-pthread", "-lm", "-ldl"],
  darwin: ["-bundle", "-undefined", "dynamic_lookup"],
};

/**
 * Builds the addon unless it is up to date. Where that cannot be, one line on stderr says so, and the caller goes on: there are other engines.
 * @param {{ output?: string, flags?: string[] }} options where the addon goes, and further flags, for the sanitizers
 * @returns {Promise<boolean>} whether there is an addon of these very sources now
 */
export async function buildAddon({ output = join(build, "native.node"), flags = [] } = {}) {
  if (!(process.arch in variants && process.platform in linkFlags)) {
    console.error(`no native addon for ${process.platform} on ${process.arch}: rnn will run on another engine, slower`);
    return false;
  }
  const command = (process.env.CC ?? "cc").split(" ").filter(Boolean);
  const digest = await digestOf([
    process.arch,
    process.platform,
    commonFlags,
    numericFlags,
    flags,
    variants,
    linkFlags,
  ]);
  const digestFile = `${output}.digest`;
  if (existsSync(output) && (await readFile(digestFile, "utf8").catch(() => "")) === digest) return true;

  await mkdir(build, { recursive: true });
  const folder = await mkdtemp(join(build, "objects-"));
  const objects = objectFiles(flags);
  try {
    await Promise.all(
      objects.map(({ name, compile }) => run([...command, ...compile, "-c", "-o", join(folder, `${name}.o`)])),
    );
    const built = join(folder, "native.node");
    const files = objects.map(({ name }) => join(folder, `${name}.o`));
    await run([...command, ...flags, ...files, ...linkFlags[process.platform], "-o", built]);
    await rename(built, output); // in one step: a process that runs keeps the addon it has
    await writeFile(digestFile, digest);
    return true;
  } catch (error) {
    await rm(output, { force: true }); // it may be there from other sources
    console.error(failure(error));
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each object file's name and the compiler's arguments for it. */
function objectFiles(flags) {
  const includes = headerFolders().map((folder) => `-I${folder}`);
  const numeric = Object.entries(variants[process.arch]).map(([set, isaFlags]) => ({
    name: `variant-${set}`,
    compile: [
      ...commonFlags,
      ...numericFlags,
      ...isaFlags,
      ...flags,
      `-DVARIANT_TABLE=kernels_${set}`,
      join(kernels, "variant.c"),
    ],
  }));
  const plain = plainSources.map((name) => ({
    name,
    compile: [...commonFlags, ...flags, ...includes, join(kernels, `${name}.c`)],
  }));
  return [...numeric, ...plain];
}

/** Node-API's headers: the package's, else those that came with Node. */
function headerFolders() {
  const beside = join(dirname(process.execPath), "../include/node");
  try {
    return [createRequire(import.meta.url)("node-api-headers").include_dir, beside];
  } catch {
    return [beside];
  }
}

async function digestOf(settings) {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const name of (await readdir(kernels)).toSorted()) hash.update(name).update(await readFile(join(kernels, name)));
  return hash.digest("hex");
}

/** @throws {Error} with the exit status and what the program printed, or with code ENOENT where it is not there */
function run([program, ...programArguments]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArguments, { stdio: ["ignore", "ignore", "pipe"] });
    let printed = "";
    child.stderr.on("data", (chunk) => (printed += chunk));
    child.on("error", reject);
    child.on("close", (status) =>
      status === 0 ? resolve() : reject(new Error(`${program} ended with ${status}: ${printed}`)),
    );
  });
}

function failure(error) {
  const slower = "rnn will run on TensorFlow.js's own CPU backend, about 100 times slower";
  if (error.code === "ENOENT") return `no C compiler found: ${slower}; install one and run npm run build`;
  const [firstError] = error.message.match(/^.*\b(?:error|undefined)\b.*$/m) ?? [error.message.split("\n", 1)[0]];
  return `the native addon does not compile, so ${slower}: ${firstError}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAddon();
