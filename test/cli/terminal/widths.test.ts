/** @file Every command on terminals of odd widths, and untrusted text on a terminal. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { packageFolder } from "../../../src/common/packageFolder.js";
import { commands } from "../../../src/cli/commands/index.js";
import { bin } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { hasPty, onTerminal } from "../../support/pty.js";
import { thorough } from "../../support/thorough.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({
  "tale.txt": tale(20),
  "opinions.csv": csvOf(opinions(60)),
  "lines.txt": "a warm and sunny day\na cold \u001B[2J day\u0007\n",
});
const tiny = "--units 4 --embedding 4 --batch-size 4 --threads 1";

/** A line or more for each command; `N` is the number of columns. */
const lines = [
  `train opinions.csv --epochs 1 ${tiny} --out N/judge`,
  `train tale.txt --epochs 1 ${tiny} --sequence-length 8 --out N/teller`,
  "train nosuch.txt",
  "train --presets",
  "generate the -c N/teller --max-tokens 20",
  "write nosuch.txt -c N/nosuch",
  "classify lines.txt -c N/judge",
  "evaluate -c N/judge",
  "score lines.txt -c N/teller",
  "score lines.txt --suspects -c N/teller",
  "serve -c N/nosuch",
  "tag lines.txt -c N/teller",
  "inspect N/teller",
  "inspect N/judge",
  "lint opinions.csv",
  "label lines.txt -c N/judge",
  "list",
  "remove N/nosuch",
  "report N/judge",
  "export N/judge --out N/vectors",
  "distill N/nosuch --into N/small",
  "quantize N/nosuch",
  "import N/nosuch.safetensors --like N/judge",
  "neighbours good -c critic",
  "step --units 3",
  "tokenize lines.txt",
  "windows lines.txt",
  "completion bash",
  ...(thorough ? ["doctor"] : []), // which measures for 20 s
  `compare opinions.csv --networks mean --seeds 1 --epochs 1 ${tiny}`,
  `tune opinions.csv --for 1s --tries 2 ${tiny}`,
  "--help",
  "train --help-all",
  "nosuch",
];

/** Runs the lines one after the other in one process and writes their exit codes to a file. */
const driver = (columns: number): string => `
import { writeFileSync } from "node:fs";
import { run } from ${JSON.stringify(pathToFileURL(join(packageFolder, "bundle/rnn.cjs")).href)};
const codes = {};
for (const line of ${JSON.stringify(lines)}) {
  codes[line] = "does not end";
  writeFileSync("codes-${columns}.json", JSON.stringify(codes));
  codes[line] = await run(line.replaceAll("N/", "./at-${columns}-").split(" "));
}
writeFileSync("codes-${columns}.json", JSON.stringify(codes));
process.exit();
`;

test("terminal: the widths are tried with every command", () => {
  const tried = new Set(lines.map((line) => line.split(" ")[0]));
  expect(commands.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual(thorough ? [] : ["doctor"]);
});

test.skipIf(!hasPty).each([0, 1, 2, 20, 80])("terminal: on %i columns every command ends as on 80", (columns) => {
  writeFileSync(join(cwd, `driver-${columns}.mjs`), driver(columns));
  const { screen } = onTerminal(`"${process.execPath}" driver-${columns}.mjs`, { cwd, columns });
  const codes = JSON.parse(readFileSync(join(cwd, `codes-${columns}.json`), "utf8")) as Record<string, unknown>;
  const failing = lines.filter((line) => codes[line] !== 0);
  expect(failing).toEqual(lines.filter((line) => /nosuch|^tag/.test(line)));
  expect(screen).not.toMatch(/this is a bug|\n\s+at |NaN|undefined/);
});

test.skipIf(!hasPty)("terminal: control characters of texts are shown, and stay as they are in a file", () => {
  const command = `"${process.execPath}" "${bin}" tokenize lines.txt --tokenizer whitespace`;
  const { screen } = onTerminal(command, { cwd });
  expect(screen).toContain("\\x1b[2J");
  expect(screen).toContain("\\x07");
  expect(screen).not.toContain("\u001B[2J");
  onTerminal(`${command} > out.txt`, { cwd });
  expect(readFileSync(join(cwd, "out.txt"), "utf8")).toContain("\u001B[2J");
});
