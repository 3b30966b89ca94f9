/** @file `rnn classify`: abstention, label sets, all labels, and texts without a known word. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { trainInto } from "../../support/models.js";
import { csvOf, opinions } from "../../support/texts.js";

const rows = opinions(400).map((row, index) => (index % 9 === 0 ? { ...row, label: "mixed" } : row));
const cwd = folderWith({
  "opinions.csv": csvOf(rows),
  "table.csv": "id,text\n1,the lamp was lovely\n2,zqx vbw\n",
  "numbers.csv": csvOf(opinions(40).map(({ text }, index) => ({ text, label: String(index / 7) }))),
});
const run = (input: string, ...argv: string[]) => rnn(["classify", "-c", "critic", ...argv], { cwd, input });
const cells = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
const texts = "the lamp was lovely, and the fox was warm\nthe lamp was rude, and the fox was sour\nthe the\n";

beforeAll(async () => {
  const given = { epochs: 6, learningRate: 0.01, validation: "0.25" };
  await trainInto(join(cwd, "checkpoints/critic"), join(cwd, "opinions.csv"), given);
  await trainInto(join(cwd, "checkpoints/line"), join(cwd, "numbers.csv"), { epochs: 1 }, { task: "regressor" });
});

test("classify: --all prints every label of each text, as --top with their number does", async () => {
  const { stdout } = await run(texts, "--all");
  expect(cells(stdout).map(({ length }) => length)).toEqual([6, 6, 6]);
  expect(stdout).toBe((await run(texts, "--top", "3")).stdout);
  expect((await run(texts, "--all", "--top", "2")).code).toBe(2);
});

test("classify: --threshold abstains below a probability, with a label of choice, and counts the abstentions", async () => {
  const plain = cells((await run(texts)).stdout);
  const probabilities = plain.map(([, probability]) => Number(probability));
  const threshold = Math.max(...probabilities);
  const { stdout, stderr } = await run(texts, "--threshold", String(threshold - 0.00006));
  const expected = plain.map(([label, probability]) => [
    Number(probability) === threshold ? label : "unsure",
    probability,
  ]);
  expect(cells(stdout)).toEqual(expected);
  const count = expected.filter(([label]) => label === "unsure").length;
  expect(stderr).toMatch(new RegExp(`${count} of 3 texts below --threshold 0\\.\\d+: unsure`));
  const own = await run("the the\n", "--threshold", "1", "--abstain", "ask a person", "--json");
  expect(JSON.parse(own.stdout)).toMatchObject({ label: "ask a person", mostLikely: plain[2]![0] });
  const taken = await run("", "--threshold", "1", "--abstain", "praise");
  expect(taken.stderr).toMatch(/praise is a label of .*name another one with --abstain/);
  expect((await run("", "--abstain", "none")).stderr).toMatch(/--abstain has no effect without --threshold/);
});

test("classify: --conformal prints sets of labels, which grow as fewer may lack the right one", async () => {
  const sizes = async (...argv: string[]): Promise<number[]> =>
    cells((await run(texts, ...argv)).stdout).map((row) => row.at(-1)!.split("|").length);
  const [wide, narrow] = [await sizes("--conformal", "0.05"), await sizes("--conformal", "0.6")];
  for (const [index, size] of wide.entries()) expect(size).toBeGreaterThanOrEqual(narrow[index]!);
  const { stdout } = await run(texts, "--conformal", "0.1", "--conformal-method", "aps", "--json");
  for (const line of stdout.trimEnd().split("\n")) {
    const { label, set } = JSON.parse(line) as { label: string; set: string[] };
    expect(set[0]).toBe(label);
  }
  const table = await run("", "table.csv", "--conformal", "0.1", "--format", "csv");
  expect(table.stdout).toMatch(
    /^id,text,label,probability,label_set,error\n1,the lamp was lovely,\w+,0\.\d{4},[\w|]+,\n/,
  );
});

test("classify: at most a tenth of the sets of new texts lack the right label, within chance", async () => {
  const more = opinions(1000)
    .map((row, index) => (index % 9 === 0 ? { ...row, label: "mixed" } : row))
    .slice(400);
  const { stdout } = await run(`${more.map(({ text }) => text).join("\n")}\n`, "--conformal", "0.1");
  const covered = cells(stdout).filter((row, index) => row[2]!.split("|").includes(more[index]!.label)).length;
  expect(covered / more.length).toBeGreaterThan(0.85);
});

test("classify: sets have the names of --label-map", async () => {
  const { stdout } = await run(texts, "--conformal", "0.05", "--label-map", "praise=good,mixed=good");
  for (const [, , set] of cells(stdout)) expect(set).toMatch(/^(good|blame)(\|(good|blame))?$/);
});

test("classify: a checkpoint without scores, and a regressor, are one line", async () => {
  const path = join(cwd, "checkpoints/critic/checkpoint.json");
  const document = readFileSync(path, "utf8");
  const { conformal: _conformal, digest: _digest, ...older } = JSON.parse(document) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify(older));
  const { code, stderr } = await run(texts, "--conformal", "0.1");
  writeFileSync(path, document);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /has no scores for --conformal, because it was trained by an earlier rnn or without a validation part; train it again\n$/,
  );
  const regressor = await rnn(["classify", "-c", "line", "--threshold", "0.5"], { cwd, input: texts });
  expect(regressor.stderr).toMatch(/--threshold has no effect here, because .* predicts numbers/);
});

test("classify: a text without a known word is marked in JSON, and counted on stderr", async () => {
  const { stdout, stderr } = await run("zqx vbw!\nlovely zqx\n\n", "--json");
  const answers = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { noKnownWord?: true });
  expect(answers.map(({ noKnownWord }) => noKnownWord)).toEqual([true, undefined, undefined]);
  expect(stderr).toMatch(
    /1 of 3 texts has no word that the model knows, so that the label says nothing; the first is standard input:1/,
  );
  const table = await run("", "table.csv", "--format", "csv");
  expect(table.stderr).toMatch(/1 of 2 texts has no word .* table\.csv:3/);
  expect(table.stdout).toMatch(/^id,text,label,probability,error\n/);
});
