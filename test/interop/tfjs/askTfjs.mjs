/** @file Asks the loaders beside exported TensorFlow.js models. Reads what to ask as JSON, [{ folder, module, function, arguments }], writes the answers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , questions, answers] = process.argv;
const said = [];
for (const { folder, module, function: name, arguments: each } of JSON.parse(readFileSync(questions, "utf8"))) {
  const loader = await import(pathToFileURL(join(folder, `${module}.mjs`)).href);
  said.push(each.map((given) => loader[name](...given)));
}
writeFileSync(answers, JSON.stringify(said));
