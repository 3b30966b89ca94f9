/** @file `rnn generate`: what arrives on stdout. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(80), "opinions.csv": csvOf(opinions(30)) });
const run = (...argv: string[]) => rnn(["generate", ...argv], { cwd });
beforeAll(async () => {
  const by = (name: string): string => join(cwd, "checkpoints", name);
  await trainInto(by("writer"), join(cwd, "tale.txt"), { units: [32], dropout: 0, epochs: 40, learningRate: 0.02 });
  await trainInto(by("later"), join(cwd, "opinions.csv"), { epochs: 1 });
});

test("what was learned is written: the newest checkpoint that writes, and stderr says which", async () => {
  const { code, stdout, stderr } = await run("the fox", "--temperature", "0", "--max-tokens", "24");
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^the fox took the \w+ and wal\n$/) });
  expect(stderr).toBe("checkpoint: checkpoints/writer, the newest of ./checkpoints\n");
});

test("the same seed writes the same bytes, whatever the way that the prompt came", async () => {
  const options = ["-c", "writer", "--seed", "7", "--max-tokens", "60"];
  const [word, option, piped] = await Promise.all([
    run("the owl", ...options),
    run("--prompt", "the owl", ...options),
    rnn(["generate", "-", ...options], { cwd, input: "the owl" }),
  ]);
  expect(word).toMatchObject({ code: 0, stderr: "" });
  expect(option).toEqual(word);
  expect(piped).toEqual(word);
});

test("each of several texts stands after an empty line, or in a line of JSON", async () => {
  const options = [
    "-c",
    "writer",
    "--num-samples",
    "3",
    "--seed",
    "1",
    "--max-tokens",
    "60",
    "--stop",
    "\n",
    "-p",
    "the ",
  ];
  const [plain, json] = await Promise.all([run(...options), run(...options, "--json")]);
  const texts = json.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { sample: number; text: string });
  expect(texts.map(({ sample }) => sample)).toEqual([1, 2, 3]);
  expect(texts.every(({ text }) => /^the [^\n]*$/.test(text))).toBe(true);
  expect(plain.stdout).toBe(texts.map(({ text }) => `${text}\n`).join("\n"));
});

test("no length is the prompt alone", async () => {
  expect(await run("-c", "writer", "-p", "the mole", "--max-tokens", "0")).toMatchObject({
    code: 0,
    stdout: "the mole\n",
  });
});

test("lesson 3.10: --logprobs tells the likeliest tokens after each token of the prompt, and writes nothing else", async () => {
  const { code, stdout } = await run("the", "-c", "writer", "--logprobs", "2");
  const lines = stdout.split("\n");
  expect({ code, lines: lines.length }).toEqual({ code: 0, lines: 4 });
  expect(lines[2]).toMatch(/^e\t▁\t\d\.\d{4}\t.\t\d\.\d{4}$/);
  const json = await run("the", "-c", "writer", "--logprobs", "1", "--json");
  expect(JSON.parse(json.stdout.split("\n")[2]!)).toMatchObject({ token: "e", next: [{ token: " " }] });
  expect(await run("the", "-c", "writer", "--logprobs", "2", "-t", "1")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("--temperature is of no use beside --logprobs"),
  });
});
