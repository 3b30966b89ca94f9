/** @file `rnn classify --explain`: the words that moved the label, in lines, JSON and tables, and on a terminal. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { loadModel } from "../../../src/model/model.js";
import { wordContributions } from "../../../src/inference/classification/wordContributions.js";
import { packageFolder } from "../../../src/common/packageFolder.js";
import { bin, rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { smallFor, trainInto } from "../../support/models.js";
import { hasPty, onTerminal } from "../../support/pty.js";
import { csvOf, opinions } from "../../support/texts.js";

const cwd = folderWith({
  "opinions.csv": csvOf(opinions(300)),
  "numbers.csv": csvOf(opinions(40).map(({ text }, index) => ({ text, label: String(index / 7) }))),
  "series.csv": `height\n${Array.from({ length: 60 }, (_, hour) => Math.sin(hour).toFixed(3)).join("\n")}\n`,
  "table.csv": 'id,text,words\n1,the lamp was lovely,4\n2,"the fox, they say, was rude",6\n',
  "bad.jsonl": '{"text":"the lamp was lovely"}\n{"text":\n{"text":"the lamp was rude"}\n',
  "texts.txt": "the lamp was lovely\nthe lamp was \u001B[31mrude\n\n",
});
const run = (input: string, ...argv: string[]) => rnn(["classify", "-c", "critic", ...argv], { cwd, input });
const text = "the lamp was lovely, and warm";
type Explained = { label: string; words: { word: string; contribution: number }[] };
const explained = (stdout: string): Explained[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Explained);

beforeAll(async () => {
  const given = { epochs: 6, learningRate: 0.01, validation: "0.25", seed: 2 };
  await trainInto(join(cwd, "checkpoints/critic"), join(cwd, "opinions.csv"), given);
  await trainInto(join(cwd, "checkpoints/line"), join(cwd, "numbers.csv"), { epochs: 1 }, { task: "regressor" });
  const series = { ...smallFor("series.csv"), embedding: undefined, window: 4, horizon: 1 };
  const columns = { labelColumn: "height", valueColumns: ["height"] };
  await trainInto(join(cwd, "checkpoints/series"), join(cwd, "series.csv"), { ...series, ...columns, epochs: 1 });
});

test("classify: --explain --json has each word with its contribution to the printed label", async () => {
  const { stdout } = await run(`${text}\n`, "--explain", "--json");
  const [answer] = explained(stdout);
  const model = await loadModel(join(cwd, "checkpoints/critic"), { backend: "auto" });
  const label = model.labels.indexOf(answer!.label);
  const expected = [...wordContributions(model, text)].map(({ start, end, contributions }) => ({
    word: text.slice(start, end),
    contribution: Number(contributions[label]!.toPrecision(4)),
  }));
  expect(answer!.words).toEqual(expected);
  expect(answer!.words.map(({ word }) => word)).toEqual(["the", "lamp", "was", "lovely", ",", "and", "warm"]);
});

test("classify: --explain adds the strongest words to each line, the strongest first; a blank line has none", async () => {
  const plain = await run(`${text}\n\n`);
  const { stdout, code } = await run(`${text}\n\n`, "--explain");
  expect(code).toBe(plain.code);
  const [first, second] = stdout.split("\n");
  const [label, probability, words] = first!.split("\t");
  expect(plain.stdout.split("\n")[0]).toBe(`${label}\t${probability}`);
  expect(words).toMatch(/^\S+ [+−]\d[\d.]*(, \S+ [+−]\d[\d.]*){0,4}$/);
  const sizes = [...words!.matchAll(/[+−](\d[\d.]*)/g)].map(([, size]) => Number(size));
  expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
  expect(second).toBe(`${plain.stdout.split("\n")[1]}\t`);
});

test("classify: --explain with several processes gives the same lines", async () => {
  const input = opinions(150)
    .map(({ text: line }) => `${line}\n`)
    .join("");
  const alone = await run(input, "--explain", "--json");
  expect(explained(alone.stdout)).toHaveLength(150);
  expect((await run(input, "--explain", "--json", "--workers", "2")).stdout).toBe(alone.stdout);
});

test("classify: --explain in a table is a further column, named apart from the table's own", async () => {
  const { stdout } = await run("", "table.csv", "--explain", "--format", "csv");
  const [header, first] = stdout.split("\n");
  expect(header).toBe("id,text,words,label,probability,predicted_words,error");
  expect(first).toMatch(/^1,the lamp was lovely,4,\w+,0\.\d{4},("[^"]+"|[^",]*),$/);
  const ids = await run("", "table.csv", "--explain", "--id-column", "id", "--top", "2");
  expect(ids.stdout).toMatch(/^id\tlabel\tprobability\tlabel_2\tprobability_2\twords\terror\n1\t/);
});

test("classify: --explain leaves a row that cannot be read with its reason", async () => {
  const { stdout, code } = await run("", "bad.jsonl", "--explain", "--json");
  const [first, bad, last] = explained(stdout) as (Explained & { error?: string })[];
  expect(code).toBe(1);
  expect(first!.words).toHaveLength(4);
  expect(bad).toMatchObject({ error: expect.any(String) as string, line: 2 });
  expect(last!.words).toHaveLength(4);
});

test("classify: --explain of a number says how far the number falls without each word", async () => {
  const answer = await rnn(["classify", "-c", "line", "--explain", "--json"], { cwd, input: "the lamp was rude\n" });
  const without = await rnn(["classify", "-c", "line", "--json"], { cwd, input: "the lamp was rude\nthe lamp was\n" });
  const { words } = explained(answer.stdout)[0]!;
  const [whole, rest] = without.stdout
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { number: number }).number);
  expect(words[3]!.word).toBe("rude");
  expect(Math.abs(words[3]!.contribution - (whole! - rest!))).toBeLessThan(0.001 * Math.abs(whole!));
});

test("classify: --explain is one line for rows of numbers, and for labels that --label-map joins", async () => {
  const numbers = await rnn(["classify", "-c", "series", "--explain", "series.csv"], { cwd });
  expect(numbers.stderr).toMatch(
    /^rnn: --explain has no effect here, because .*series reads rows of numbers; remove it\n/,
  );
  const joined = await run("", "--explain", "--label-map", "praise=any,blame=any");
  expect(joined.code).toBe(2);
  expect(joined.stderr).toMatch(/--explain explains one label, but --label-map gives several the name any; /);
  const renamed = await run(`${text}\n`, "--explain", "--label-map", "praise=good,blame=bad");
  expect(renamed.stdout).toMatch(/^(good|bad)\t0\.\d{4}\t.+\n$/);
});

test.skipIf(!hasPty)("classify: --explain colors the words of each text on a terminal", () => {
  const line = `"${process.execPath}" "${bin}" classify -c critic --explain texts.txt`;
  const colored = onTerminal(line, { cwd });
  // oxlint-disable-next-line no-control-regex -- colors
  expect(colored.screen).toMatch(/^\w+\t0\.\d{4}\t.*\u001B\[3[12]m/m);
  // oxlint-disable-next-line no-control-regex -- colors
  const plain = colored.screen.replaceAll(/\u001B\[\d+m/g, "");
  expect(plain).toMatch(/^\w+\t0\.\d{4}\tthe lamp was lovely\r?$/m);
  expect(plain).toContain("\\x1b[31mrude");
  const { screen } = onTerminal(line, { cwd, env: { NO_COLOR: "1" } });
  expect(screen).toMatch(/^\w+\t0\.\d{4}\t\S+ [+−]\d/m);
});

test("classify: --explain takes a method, and none is occlusion", async () => {
  const plain = await run(`${text}\n`, "--explain", "--json");
  for (const given of [["--explain", "occlusion"], ["--explain=occlusion"]])
    expect((await run(`${text}\n`, ...given, "--json")).stdout).toBe(plain.stdout);
  const { stdout } = await run(`${text}\n`, "--explain", "integrated-gradients", "--json");
  expect(stdout).not.toBe(plain.stdout);
  expect(explained(stdout)[0]!.words.map(({ word }) => word)).toEqual(
    explained(plain.stdout)[0]!.words.map(({ word }) => word),
  );
  const bundled = join(packageFolder, "checkpoints/critic");
  const beside = await rnn(["classify", "-c", bundled, "--explain", "integrated-gradients"], { cwd, input: text });
  expect(beside.code).toBe(2);
  expect(beside.stderr).toMatch(/has a bag of n-grams; use --explain occlusion\n/);
});
