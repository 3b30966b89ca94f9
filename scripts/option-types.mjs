/** @file The type of `train`'s options, src/library/trainOptions.ts, from the declared options: a documented field for each. */

import { readFileSync } from "node:fs";

/** The types of src/common/names.ts by their names, as in `rnn,lstm`: a name that is added to a list needs no new file. */
const named = new Map();
{
  const source = readFileSync(new URL("../src/common/names.ts", import.meta.url), "utf8");
  const lists = source.matchAll(/export const (\w+) = \[([^\]]*)\] as const;\nexport type (\w+) = \(typeof \1\)/g);
  for (const [, , list, type] of lists) named.set(list.match(/[^\s",]+/g).join(), type);
}

const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** Options whose choices a program can extend, with `defineCell` and the like. */
const extensible = new Set(["cell", "pooling", "tokenizer"]);

/** The result of parsing a text; undefined if it is not accepted. */
function parsed(option, text) {
  try {
    return option.parse(text);
  } catch {
    return undefined;
  }
}

/** The TypeScript type of a field's values. Every value is accepted that the command line would accept, as a number, a boolean or a list where it is one. */
function typeOf(name, option) {
  if (option.value === undefined) return "boolean";
  const samples = [option.choices?.[0], "1", "1000", "0.5", "128x5", "0=no", "no=1"];
  const isList = samples.some((sample) => sample !== undefined && Array.isArray(parsed(option, sample)));
  const item = itemType(option) + (extensible.has(name) ? " | (string & {})" : "");
  return isList ? `${item} | readonly ${item.includes(" ") ? `(${item})` : item}[]` : item;
}

function itemType(option) {
  if (option.choices) {
    const type = named.get(option.choices.join());
    if (type !== undefined) return type;
    const names = option.choices.map((name) => JSON.stringify(name)).join(" | ");
    return option.choices.join() === "yes,no" ? `boolean | ${names}` : names;
  }
  if (parsed(option, "5m") === 300) return "number | string"; // seconds, or a duration
  if (["1", "4", "1000", "0.5"].flatMap((sample) => parsed(option, sample)).some((value) => typeof value === "number"))
    return "number";
  return /COLUMN|SHARE|FRACTION/.test(option.value) ? "string | number" : "string";
}

/** Names of options in the library: `--batch-size` becomes `batchSize`. */
const inCode = (text) => text.replace(/--([a-z][a-z-]*)/g, (_, name) => `\`${camelCase(name)}\``);

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/**
 * @param options the declared options, by name
 * @param describeDefault the text of an option's default, if it has one
 * @returns {string} the file
 */
export function trainOptionTypes(options, describeDefault) {
  const fields = Object.entries(options).map(([name, option]) => {
    const shown = option.value === undefined ? "false" : describeDefault(option);
    const range = option.limits ? ` ${sentence(option.limits)}` : "";
    const words = [sentence(inCode(option.describe)) + range, ...(shown === undefined ? [] : [`Default: ${shown}.`])];
    return `  /** ${words.join(" ").replaceAll("*/", "*\\/")} */\n  ${camelCase(name)}?: ${typeOf(name, option)} | undefined;\n`;
  });
  const text = fields.join("");
  const types = [...named.values()].filter((type) =>
    new RegExp(`\\b${type}\\b`).test(text.replaceAll(/\/\*\*.*\*\//g, "")),
  );
  return `/** @file The options of a training run, each optional: made by \`npm run update-docs\` from src/options/recipeOptions.ts. */
import type { ${types.toSorted((left, right) => left.localeCompare(right)).join(", ")} } from "../common/names.js";

/** Options of the corpus, the tokenizer, the network and its training, under the names that \`rnn train --help\` shows, in camelCase. */
export type RecipeOptions = {
${text}};
`;
}
