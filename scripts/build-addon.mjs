/** @file Compiles src/kernels into build/native.node with the machine's own C compiler, if there is one and something has changed. */
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canBeCompiledFor, checksumFile, compileAddon, digestOf, firstErrorOf, root } from "./addon.mjs";

const here = { platform: process.platform, arch: process.arch };

/**
 * Builds the addon unless it is up to date. If that fails, it prints one line to stderr and returns false; other backends work without the addon.
 * @param {{ output?: string, flags?: string[] }} options the path of the addon, and further flags, for the sanitizers
 * @returns {Promise<boolean>} whether an addon of the current sources exists
 */
export async function buildAddon({ output = join(root, "build/native.node"), flags = [] } = {}) {
  if (!canBeCompiledFor(here)) {
    console.error(`no native addon for ${here.platform} on ${here.arch}: rnn uses another backend, which is slower`);
    return false;
  }
  const digest = await digestOf([here, flags]);
  const digestFile = `${output}.digest`;
  const isComplete = existsSync(output) && existsSync(checksumFile(output));
  if (isComplete && (await readFile(digestFile, "utf8").catch(() => "")) === digest) return true;
  try {
    const compiler = (process.env.CC ?? "cc").split(" ").filter(Boolean);
    await compileAddon({ ...here, compiler, flags, output });
    await writeFile(digestFile, digest);
    return true;
  } catch (error) {
    await rm(output, { force: true }); // it may be there from other sources
    console.error(failure(error));
    return false;
  }
}

function failure(error) {
  const slower = "rnn uses another backend, which is slower (npx rnn doctor says which)";
  return error.code === "ENOENT"
    ? `no C compiler found: ${slower}; install one and run npm run build`
    : `the native addon does not compile: ${slower}: ${firstErrorOf(error)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAddon();
