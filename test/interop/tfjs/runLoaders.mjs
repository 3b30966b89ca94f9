/** @file Calls the loaders of exported TensorFlow.js models. Reads the calls as JSON, [{ folder, module, function, arguments }], and writes the results. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , callsFile, resultsFile] = process.argv;
const results = [];
for (const { folder, module, function: name, arguments: each } of JSON.parse(readFileSync(callsFile, "utf8"))) {
  const loader = await import(pathToFileURL(join(folder, `${module}.mjs`)).href);
  results.push(each.map((given) => loader[name](...given)));
}
writeFileSync(resultsFile, JSON.stringify(results));
