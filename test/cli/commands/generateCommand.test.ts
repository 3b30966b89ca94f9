/** @file `rnn generate`: its output on stdout. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { finished, rnn, rnnProcess, shell, start } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { trainInto } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(80), "opinions.csv": csvOf(opinions(30)) });
const run = (...argv: string[]) => rnn(["generate", ...argv], { cwd });
beforeAll(async () => {
  const by = (name: string): string => join(cwd, "checkpoints", name);
  await trainInto(by("writer"), join(cwd, "tale.txt"), { units: [32], dropout: 0, epochs: 40, learningRate: 0.02 });
  await trainInto(by("later"), join(cwd, "opinions.csv"), { epochs: 1 });
});

// Course row 3.10: docs/guide/README.md#course-rows
test("generate: the newest generator in ./checkpoints continues the prompt, and stderr names it", async () => {
  const { code, stdout, stderr } = await run("the fox", "--temperature", "0", "--max-tokens", "24");
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^the fox took the \w+ and wal\n$/) });
  expect(stderr).toBe("checkpoint: checkpoints/writer, the newest of ./checkpoints\n");
});

test("generate: the same seed gives the same bytes for a prompt as word, option or standard input", async () => {
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

test("generate: several texts are separated by empty lines, or are one line of JSON each", async () => {
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

test("generate: --max-tokens 0 prints the prompt alone", async () => {
  expect(await run("-c", "writer", "-p", "the mole", "--max-tokens", "0")).toMatchObject({
    code: 0,
    stdout: "the mole\n",
  });
});

test("generate: --logprobs prints the most probable tokens after each token of the prompt, and generates nothing", async () => {
  const { code, stdout } = await run("the", "-c", "writer", "--logprobs", "2");
  const lines = stdout.split("\n");
  expect({ code, lines: lines.length }).toEqual({ code: 0, lines: 4 });
  expect(lines[2]).toMatch(/^e\t▁\t\d\.\d{4}\t.\t\d\.\d{4}$/);
  const json = await run("the", "-c", "writer", "--logprobs", "1", "--json");
  expect(JSON.parse(json.stdout.split("\n")[2]!)).toMatchObject({ token: "e", next: [{ token: " " }] });
  expect(await run("the", "-c", "writer", "--logprobs", "2", "-t", "1")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("--temperature has no effect with --logprobs"),
  });
});

test("generate: --stop may be given several times, and the first stop text that occurs ends the text", async () => {
  const options = ["the fox", "-c", "writer", "-t", "0", "--max-tokens", "60"];
  const [free, stopped] = await Promise.all([run(...options), run(...options, "--stop", "zzz", "--stop", " and ")]);
  expect(stopped).toMatchObject({ code: 0, stdout: `${free.stdout.slice(0, free.stdout.indexOf(" and "))}\n` });
});

test("generate: without --seed, stderr has the seed that gives the same text again; --quiet leaves it out", async () => {
  const options = ["the owl", "-c", "writer", "-t", "1", "-n", "60"];
  const first = await run(...options);
  const [, seed] = /^seed: (\d+)\n$/.exec(first.stderr)!;
  const [again, quiet, greedy] = await Promise.all([
    run(...options, "--seed", seed!),
    run(...options, "--quiet"),
    run(...options, "-t", "0"),
  ]);
  expect(again).toEqual({ code: 0, stdout: first.stdout, stderr: "" });
  expect(quiet).toMatchObject({ code: 0, stderr: "" });
  expect(greedy).toMatchObject({ code: 2, stderr: expect.stringContaining("-t is given twice; give it once") });
});

test("generate: --no-prompt prints the generated text alone", async () => {
  const options = ["the owl", "-c", "writer", "--seed", "7", "-n", "40", "--num-samples", "2"];
  const [whole, alone, json] = await Promise.all([
    run(...options),
    run(...options, "--no-prompt"),
    run(...options, "--no-prompt", "--json"),
  ]);
  expect(whole.stdout.match(/the owl/g)!.length).toBeGreaterThanOrEqual(2);
  expect(alone.stdout).toBe(whole.stdout.replaceAll(/(?:^|(?<=\n\n))the owl/g, ""));
  expect(JSON.parse(json.stdout.split("\n")[0]!)).toMatchObject({ sample: 1, text: alone.stdout.split("\n\n")[0] });
});

test("generate: escapes in --stop stand for characters, and --lines, --words and --whole-words end whole words", async () => {
  const options = ["the fox", "-c", "writer", "-t", "0", "-n", "60"];
  const [free, escaped, words, whole, wrong] = await Promise.all([
    run(...options),
    run(...options, "--stop", "\\u0020and\\u{20}"),
    run("the fox", "-c", "writer", "-t", "0", "--words", "3", "--no-prompt"),
    run("the fox", "-c", "writer", "-t", "0", "-n", "24", "--whole-words"),
    run("the fox", "-c", "writer", "--words", "3..1"),
  ]);
  expect(escaped.stdout).toBe(`${free.stdout.slice(0, free.stdout.indexOf(" and "))}\n`);
  expect(words.stdout).toMatch(/^ took the \w+\n$/);
  expect(whole.stdout).toMatch(/^the fox took the \w+ and\n$/);
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--words: expected a number of words from 1, or a range as in 20..40, got 3..1"),
  });
});

test("generate: --min-p 1 samples the most probable token each time; a value out of range is an error with the range", async () => {
  const options = ["the fox", "-c", "writer", "--max-tokens", "30"];
  const [greedy, sampled, wrong] = await Promise.all([
    run(...options, "-t", "0"),
    run(...options, "-t", "1", "--min-p", "1"),
    run(...options, "--min-p", "2"),
  ]);
  expect(sampled.stdout).toBe(greedy.stdout);
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--min-p: expected a number from 0 to 1, got 2"),
  });
});

test("generate: without a prompt it reads one from a pipe or from a file, and says so", async () => {
  const options = ["-c", "writer", "--seed", "7", "--max-tokens", "20"];
  const { stdout } = await run("the owl", ...options);
  const note = "prompt: 7 characters from standard input\n";
  const command = `rnn generate ${options.join(" ")}`;
  expect(await shell(`echo the owl | ${command}`, { cwd })).toEqual({ code: 0, stdout, stderr: note });
  expect(await shell(`printf 'the owl' > owl.txt; ${command} < owl.txt`, { cwd })).toEqual({
    code: 0,
    stdout,
    stderr: note,
  });
  expect(await rnnProcess(["generate", ...options], { cwd, input: "the owl\r\n" })).toEqual({
    code: 0,
    stdout,
    stderr: note,
  });
  const given = await shell(`echo the owl | ${command} the`, { cwd });
  expect(given).toMatchObject({ code: 0, stdout: expect.stringMatching(/^the/), stderr: "" });
});

test("generate: in a shell's loop over a file it does not read the file", async () => {
  const loop = `printf 'the fox\nthe hare\nthe owl\n' > prompts.txt; while read -r line; do rnn generate -c writer -n 3 --seed 1; done < prompts.txt`;
  const { code, stdout, stderr } = await shell(loop, { cwd });
  expect({ code, stderr, lines: stdout.match(/\n/g)?.length }).toEqual({ code: 0, stderr: "", lines: 3 });
});

test("generate: a pipe that stays open and silent does not stop it", async () => {
  const running = start(["generate", "-c", "writer", "-n", "5"], { cwd });
  const { code, stdout, stderr } = await finished(running);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^standard input is open but silent, .*give -/),
  });
  expect(stdout).toHaveLength(6);
});

test("generate: an endless prompt is an error in one line", async () => {
  const { stderr } = await shell("yes | rnn generate -c writer", { cwd });
  expect(stderr).toBe("rnn: standard input is longer than 16 MiB; give a shorter text\n");
});

test("generate: the name of a checkpoint as the prompt is a warning, and is the prompt", async () => {
  const { code, stdout, stderr } = await run("later", "--max-tokens", "4");
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^later/) });
  expect(stderr).toContain("warning: later is a checkpoint; to generate with it, use -c later\n");
  expect((await run("later", "-c", "writer", "--max-tokens", "4")).stderr).not.toContain("is a checkpoint");
});

test("generate: --prompts gives a line for each line of a file or pipe, in order, that of the prompt alone", async () => {
  const options = ["-c", "writer", "--seed", "7", "-n", "30"];
  const prompts = ["the owl", "", "the fox took", "the owl"];
  const piped = rnn(["generate", "--prompts", "-", ...options], { cwd, input: prompts.join("\n") });
  const json = rnn(["generate", "--prompts", "-", ...options, "--json"], { cwd, input: `${prompts.join("\r\n")}\r\n` });
  const alone = await Promise.all(prompts.map((prompt) => run("--prompt", prompt, ...options)));
  const texts = alone.map(({ stdout }) => stdout.replace(/\n$/, ""));
  expect(await piped).toEqual({
    code: 0,
    stdout: texts.map((text) => `${text.replaceAll("\n", "\\n")}\n`).join(""),
    stderr: "",
  });
  const objects = (await json).stdout.trimEnd().split("\n");
  expect(objects.map((line) => JSON.parse(line) as unknown)).toEqual(
    prompts.map((prompt, index) => ({
      prompt,
      sample: 1,
      text: texts[index],
      tokens: 30,
      score: expect.closeTo(-20, -2),
      end: "max-tokens",
    })),
  );
});

test("generate: a line that is not text has a line without a text, and the exit code is 1", async () => {
  const command = "printf 'the\\n\\0\\nowl' | rnn generate --prompts - -c writer -n 3 --seed 1 --no-prompt";
  const { stdout, stderr } = await shell(command, { cwd });
  expect(stdout).toMatch(/^.{3}\n\tnot text: NUL byte at byte 1 of the line\n.{3}\n$/);
  expect(stderr).toMatch(/^rnn: 1 line or row has no answer, the first at standard input:2: not text/);
});

test("generate: a closed pipe ends --prompts without an error", async () => {
  const { stdout, stderr } = await shell("yes the | rnn generate --prompts - -c writer -n 3 --seed 1 | head -n 2", {
    cwd,
  });
  expect({ lines: stdout.match(/^the.*$/gm)!.length, stderr }).toEqual({ lines: 2, stderr: "" });
});

test.each([
  [["the", "--prompts", "-"], "--prompts has the prompts, so that no other can be given"],
  [["--prompts", "-", "--logprobs", "2"], "--prompts has no effect with --logprobs"],
])("generate: %j is an error in one line", async (words, message) => {
  expect(await run(...words)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
});
