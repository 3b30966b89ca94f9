/** @file Compiles src/kernels into build/native.node with the machine's own C compiler, if there is one and something has changed. */
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canBeCompiledFor, compileAddon, digestOf, firstErrorOf, root } from "./addon.mjs";

const here = { platform: process.platform, arch: process.arch };

/**
 * Builds the addon unless it is up to date. Where that cannot be, one line on stderr says so, and the caller goes on: there are other engines.
 * @param {{ output?: string, flags?: string[] }} options where the addon goes, and further flags, for the sanitizers
 * @returns {Promise<boolean>} whether there is an addon of these very sources now
 */
export async function buildAddon({ output = join(root, "build/native.node"), flags = [] } = {}) {
  if (!canBeCompiledFor(here)) {
    console.error(`no native addon for ${here.platform} on ${here.arch}: rnn will run on another engine, slower`);
    return false;
  }
  const digest = await digestOf([here, flags]);
  const digestFile = `${output}.digest`;
  if (existsSync(output) && (await readFile(digestFile, "utf8").catch(() => "")) === digest) return true;
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
  const slower = "rnn will run on another engine, slower (npx rnn doctor says which)";
  return error.code === "ENOENT"
    ? `no C compiler found: ${slower}; install one and run npm run build`
    : `the native addon does not compile: ${slower}: ${firstErrorOf(error)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAddon();
