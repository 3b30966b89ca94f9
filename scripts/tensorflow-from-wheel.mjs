/**
 * @file Makes an installed @tensorflow/tfjs-node work if it could not download TensorFlow's library: compiles its addon against the library in the Python
 * package `tensorflow-cpu`. `node scripts/tensorflow-from-wheel.mjs PYTHON`, where PYTHON has that package. It requires a C++ compiler.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { include_dir as nodeHeaders } from "node-api-headers";

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

/** The folder of tfjs-node, whose install script may have failed. */
function peerFolder() {
  try {
    return dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json"));
  } catch {
    return fail(
      "@tensorflow/tfjs-node is not installed; run npm install --no-save --ignore-scripts @tensorflow/tfjs-node@4.22",
    );
  }
}

/** The folder of the Python package, found without importing it. */
function wheelFolder(python) {
  const find = "import importlib.util; print(importlib.util.find_spec('tensorflow').submodule_search_locations[0])";
  try {
    return execFileSync(python, ["-c", find], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return fail(`${python} has no package tensorflow; run ${python} -m pip install --no-deps tensorflow-cpu`);
  }
}

/** Links the libraries in a folder, under the names that the addon and the libraries themselves load. */
function linkLibraries(wheel, folder) {
  mkdirSync(folder, { recursive: true });
  const libraries = readdirSync(wheel).filter((name) => /^libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/.test(name));
  for (const name of libraries) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(join(wheel, name), join(folder, name));
  }
  return libraries.map((name) => join(folder, name));
}

/** Compiles the addon. @param {string[]} libraries paths to link with */
function compile(peer, wheel, libraries) {
  const addon = join(peer, "lib/napi-v8/tfjs_binding.node");
  mkdirSync(dirname(addon), { recursive: true });
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(peer, "binding", name));
  const headers = [peer, join(wheel, "include"), nodeHeaders].map((folder) => `-I${folder}`);
  const undefinedSymbols = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []; // Node exports them
  const flags = ["-O1", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8", ...undefinedSymbols];
  const path = `-Wl,-rpath,${dirname(libraries[0])}`;
  execFileSync(process.env.CXX ?? "c++", [...flags, ...headers, ...sources, "-o", addon, ...libraries, path], {
    stdio: "inherit",
  });
}

const [python] = process.argv.slice(2);
if (!python) fail("usage: node scripts/tensorflow-from-wheel.mjs PYTHON, where PYTHON has the package tensorflow-cpu");
const [peer, wheel] = [peerFolder(), wheelFolder(python)];
const libraries = linkLibraries(wheel, join(peer, "deps/lib"));
if (libraries.length === 0)
  fail(`${wheel} has no libtensorflow_cc; run ${python} -m pip install --no-deps tensorflow-cpu`);
try {
  compile(peer, wheel, libraries);
} catch (error) {
  fail(`could not compile the addon of @tensorflow/tfjs-node: ${error.message}`);
}
console.log(`@tensorflow/tfjs-node now uses the library in ${wheel}`);
