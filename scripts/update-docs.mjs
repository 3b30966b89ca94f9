/** @file `npm run update-docs`: writes the parts of the pages that derive from the declared commands and options; with --types the type of `train`'s options too, with --guide the guide. */
import { readFile, writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";
import { commands as listed, loadCommand } from "../dist/cli/commands/index.js";
import { meaningOf } from "../dist/cli/help.js";
import { describeDefault, optionGroups } from "../dist/options/option.js";
import { recipeOptions } from "../dist/options/recipeOptions.js";
import { apiPage } from "./api-page.mjs";
import { pages as guide, refreshed } from "./guide.mjs";
import { trainOptionTypes } from "./option-types.mjs";

const commands = await Promise.all(listed.map(loadCommand));

/** Each generated part, by the name of its marks `<!-- name -->` and `<!-- /name -->`. */
const parts = {
  commands: () => commands.map(({ usage, describe }) => `- \`rnn ${usage}\`: ${describe}`).join("\n"),
  options: () => commands.map(section).join("\n\n"),
};

const pages = ["README.md", "docs/commands.md"];

const cell = (text) => text.replaceAll("|", "\\|");

/** The options of a group as rows of a table. */
function rowsOf(options, group) {
  const rows = Object.entries(options).flatMap(([name, option]) => {
    if ((option.group ?? "Output") !== group) return [];
    const { short, value, translations = {} } = option;
    const own = row(
      `${short ? `-${short}, ` : ""}--${name}`,
      value,
      meaningOf({ ...option, default: undefined }),
      option,
    );
    const others = Object.entries(translations)
      .filter(([, { describe }]) => describe !== undefined)
      .map(([other, translation]) => row(`--${other}`, translation.value, translation.describe, {}));
    return [own, ...others];
  });
  return rows.length > 0 ? [`| **${group}** | | |`, ...rows] : [];
}

function row(spelled, value, meaning, option) {
  const shown = describeDefault(option);
  const name = `\`${spelled}${value ? ` ${value}` : ""}\``;
  return `| ${cell(name)} | ${cell(meaning)} | ${shown === undefined ? "" : `\`${cell(shown)}\``} |`;
}

function section({ usage, describe, reads, writes, options, examples }) {
  const rows = optionGroups.flatMap((group) => rowsOf(options, group));
  return [
    `## rnn ${usage}`,
    describe,
    `Reads ${reads}.\nWrites ${writes}.`,
    `\`\`\`sh\n${examples.map(([line, meaning]) => `${line}  # ${meaning}`).join("\n")}\n\`\`\``,
    ...(rows.length > 0 ? [`| option | meaning | default |\n| --- | --- | --- |\n${rows.join("\n")}`] : []),
  ].join("\n\n");
}

/** A page with its generated parts as they should be. */
export function generated(page) {
  return Object.entries(parts).reduce(
    (text, [name, make]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- /${name} -->)`),
        (_, begin, end) => `${begin}\n${make()}\n${end}`,
      ),
    page,
  );
}

if (process.argv[1] === import.meta.filename) {
  for (const path of pages) await writeFile(path, generated(await readFile(path, "utf8")));
  await writeFile(
    "docs/api.md",
    await format(apiPage(), { ...(await resolveConfig(import.meta.filename)), parser: "markdown" }),
  );
  if (process.argv.includes("--types")) {
    await writeFile("src/library/trainOptions.ts", trainOptionTypes(recipeOptions, describeDefault));
  }
  if (process.argv.includes("--guide")) {
    for (const path of guide) await writeFile(path, await refreshed(await readFile(path, "utf8")));
  }
}
