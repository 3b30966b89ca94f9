/** @file The commands of docs/pipelines.md: GNU parallel, xargs, DuckDB, PySpark and a coprocess give every line the answer that one process gives it. */
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { bin, rnnProcess, shell } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { python, pythonHas } from "../support/python.js";
import { opinions } from "../support/texts.js";

const page = readFileSync(new URL("../../docs/pipelines.md", import.meta.url), "utf8");
const texts = opinions(900).map(({ text }, index) => `${text}, number ${index}`);
const cwd = folderWith({
  "reviews.txt": `${texts.join("\n")}\n`,
  "reviews.csv": `text\n${texts.map((text) => `"${text}"`).join("\n")}\n`,
});
const env = { PATH: `${cwd}${delimiter}${process.env["PATH"]}` };
let answers = "";

beforeAll(async () => {
  writeFileSync(join(cwd, "rnn"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
  chmodSync(join(cwd, "rnn"), 0o755);
  answers = (await rnnProcess(["classify", "-c", "critic", "reviews.txt"], { cwd })).stdout;
  expect(answers.split("\n")).toHaveLength(texts.length + 1);
});

/** The commands of a block. */
function block(name: string): string {
  const [, commands] = new RegExp(`<!-- run: ${name} -->\n+\`\`\`\\w+\n([^]*?)\`\`\``).exec(page) ?? [];
  expect(commands, `docs/pipelines.md has no block ${name}`).toBeDefined();
  return commands!;
}

const read = (file: string): string => readFileSync(join(cwd, file), "utf8");

function hasProgram(name: string, argument = "--version"): boolean {
  const found = spawnSync(name, [argument], { stdio: "ignore" }).status === 0;
  if (!found) console.warn(`tests are skipped: ${name} is not installed`);
  return found;
}

test.each(["workers", "parallel", "xargs", "coprocess"])(
  "docs/pipelines.md: %s gives every line the answer of one process",
  async (name) => {
    if (name === "parallel" && !hasProgram("parallel")) return;
    writeFileSync(join(cwd, "answers.tsv"), "");
    const { code, stderr } = await shell(`unset -f rnn; set -e; ${block(name)}`, { cwd, env });
    expect(code, stderr).toBe(0);
    expect(read("answers.tsv")).toBe(answers);
  },
);

async function runPythonBlock(name: string): Promise<void> {
  writeFileSync(join(cwd, `${name}_block.py`), block(name));
  const { code, stderr } = await shell(`"${python}" ${name}_block.py`, {
    cwd,
    env: { ...env, PYSPARK_PYTHON: python },
  });
  expect(code, stderr).toBe(0);
}

test.skipIf(!pythonHas("duckdb"))("docs/pipelines.md: DuckDB joins each text with its label", async () => {
  await runPythonBlock("duckdb");
  const rows = read("labeled.csv").trimEnd().split("\n").slice(1);
  expect(rows).toHaveLength(texts.length);
  const expected = answers.trimEnd().split("\n");
  for (const [index, row] of rows.entries()) {
    const [, label, probability, text] = /^\d+,(\w+),([\d.]+),"(.*)"$/.exec(row)!;
    expect(text).toBe(texts[index]);
    expect(`${label}\t${Number(probability).toFixed(4)}`).toBe(expected[index]);
  }
});

test.skipIf(!pythonHas("pyspark") || !hasProgram("java", "-version"))(
  "docs/pipelines.md: PySpark's pipe gives every line the answer of one process",
  async () => {
    writeFileSync(join(cwd, "answers.tsv"), "");
    await runPythonBlock("pyspark");
    expect(read("answers.tsv")).toBe(answers);
  },
);
