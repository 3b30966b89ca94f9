/** @file `rnn classify`: input from pipes and files, results on stdout. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { finished, rnn, start } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { trainInto } from "../../support/models.js";
import { csvOf, opinions } from "../../support/texts.js";

const rows = opinions(60);
const cwd = folderWith({
  "opinions.csv": csvOf(rows),
  "table.tsv": `id\tnote\n1\tthe lamp was lovely, and the fox was warm\n2\tthe lamp was rude, and the fox was sour\n`,
  "lines.txt": "the lamp was lovely, and the fox was warm\n\nthe lamp was rude, and the fox was sour\n",
  "lines.jsonl": '{"text":"lovely"}\n{"text":"rude"}\n',
});
const run = (input: string, ...argv: string[]) => rnn(["classify", "-c", "critic", ...argv], { cwd, input });
const labelsIn = (stdout: string): string[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0]!);
beforeAll(async () => {
  const given = { epochs: 30, learningRate: 0.02, dropout: 0.2 };
  await trainInto(join(cwd, "checkpoints/critic"), join(cwd, "opinions.csv"), given);
});

test("classify: each line, also an empty one, gives a line with label, tab and probability", async () => {
  const { code, stdout, stderr } = await run(
    "the bell was lovely, and the hare was warm\n\nthe bell was rude, and the hare was broken",
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^praise\t[01]\.\d{4}\n(praise|blame)\t0\.\d{4}\nblame\t[01]\.\d{4}\n$/);
});

test("classify: empty input gives empty output", async () => {
  expect(await run("")).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("classify: many lines give as many results in their order, each the same as alone", async () => {
  const texts = opinions(700).map(({ text }) => text);
  const { stdout } = await run(`${texts.join("\n")}\n`);
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(700);
  expect((await run(`${texts[650]}\n`)).stdout).toBe(`${lines[650]}\n`);
});

test("classify: --top lists labels by probability, and --format jsonl has the same numbers", async () => {
  const [tsv, jsonl] = await Promise.all([
    run("warm\n", "--top", "9"),
    run("warm\n", "--top", "2", "--format", "jsonl"),
  ]);
  const [first, one, second, other] = tsv.stdout.trimEnd().split("\t");
  expect(Number(one) + Number(other)).toBeCloseTo(1, 3);
  expect(JSON.parse(jsonl.stdout)).toEqual({
    label: first,
    probability: Number(one),
    others: [{ label: second, probability: Number(other) }],
  });
});

test("classify: files of several formats are read in turn, with their text column", async () => {
  expect(labelsIn((await run("", "opinions.csv")).stdout)).toHaveLength(60);
  expect(labelsIn((await run("", "table.tsv", "--text-column", "note")).stdout)).toEqual(["praise", "blame"]);
  expect(labelsIn((await run("", "table.tsv", "--text-column", "2")).stdout)).toEqual(["praise", "blame"]);
  expect(labelsIn((await run("rude", "lines.jsonl", "-", "lines.txt")).stdout)).toHaveLength(6);
  const wrong = await run("", "table.tsv", "--text-column", "notes");
  expect(wrong).toMatchObject({ code: 1, stdout: "" });
  expect(wrong.stderr).toMatch(/no such column "notes" for --text-column; did you mean note\?\n$/);
});

test("classify: labels in a table are ignored and may be missing", async () => {
  const table = "text,label\nthe lamp was lovely,\nthe lamp was rude,\n";
  const { code, stdout } = await run(table, "-", "--input-format", "csv");
  expect({ code, lines: labelsIn(stdout).length }).toEqual({ code: 0, lines: 2 });
});

test("classify: an option without effect on plain text is a usage error", async () => {
  const { code, stderr } = await run("", "lines.txt", "--text-column", "2");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^rnn: --text-column has no effect here, because lines\.txt is read as text; remove it\n/);
});

test("classify: results before an error stay printed", async () => {
  const { code, stdout, stderr } = await run("", "lines.txt", "nowhere.txt");
  expect({ code, lines: labelsIn(stdout).length }).toEqual({ code: 1, lines: 3 });
  expect(stderr).toBe("rnn: could not read nowhere.txt: no such file or folder\n");
});

test("classify: a single line gets its result while the pipe stays open", async () => {
  const running = start(["classify", "-c", "critic"], { cwd });
  const done = finished(running);
  running.stdin.write("the lamp was lovely, and the fox was warm\n");
  await new Promise<void>((resolve) => running.stdout.once("data", () => resolve()));
  running.stdin.end("the lamp was rude, and the fox was sour\n");
  expect(labelsIn((await done).stdout)).toEqual(["praise", "blame"]);
});

test("classify: a long stream takes no more memory than a short one", async () => {
  const line = `${rows[0]!.text}\n`;
  const peak = async (count: number): Promise<number> => {
    const running = start(["classify", "-c", "critic"], {
      cwd,
      env: { NODE_OPTIONS: `--import ${JSON.stringify(`data:text/javascript,${encodeURIComponent(report)}`)}` },
    });
    running.stdin.end(line.repeat(count));
    const { stdout, stderr } = await finished(running);
    expect(stdout.split("\n")).toHaveLength(count + 1);
    return Number(/peak (\d+)/.exec(stderr)![1]);
  };
  expect((await peak(12_000)) - (await peak(2_000))).toBeLessThan(60_000); // kilobytes
});
/** Prints the peak memory at the end of the process. */
const report = `process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS))`;

test("classify: Ctrl-C in a pipe exits with 130 or by the signal, without a stack trace", async () => {
  const running = start(["classify", "-c", "critic"], { cwd });
  const done = finished(running);
  running.stdin.write("warm\n");
  await new Promise<void>((resolve) => running.stdout.once("data", () => resolve()));
  running.kill("SIGINT");
  const { code, stderr } = await done;
  expect([130, null]).toContain(code);
  expect(stderr).toBe("");
});

test("classify: rows of numbers give a label, or a number from a regressor", async () => {
  const matrices = Array.from({ length: 40 }, (_, index) => {
    const [first, step] = [index % 7, index % 2 === 0 ? 1 : -1];
    return { rows: [0, 1, 2, 3].map((time) => [first + time * step, 1]), label: step > 0 ? "up" : "down" };
  });
  const series = Array.from({ length: 80 }, (_, index) => `${index},${(index % 8) + 0.5}`);
  const folder = join(cwd, "numbers");
  mkdirSync(folder);
  writeFileSync(join(folder, "matrices.jsonl"), matrices.map((line) => `${JSON.stringify(line)}\n`).join(""));
  writeFileSync(join(folder, "series.csv"), `hour,height\n${series.join("\n")}\n`);
  const given = { units: [8], batchSize: 8, epochs: 40, learningRate: 0.02, dropout: 0, sequenceLength: undefined };
  await trainInto(join(folder, "slope"), join(folder, "matrices.jsonl"), { ...given, embedding: undefined });
  await trainInto(
    join(folder, "tide"),
    join(folder, "series.csv"),
    { ...given, embedding: undefined, window: 4, horizon: 1, labelColumn: "height", valueColumns: ["height"] },
    { task: "regressor" },
  );
  const labels = await rnn(["classify", "-c", "./slope"], {
    cwd: folder,
    input: '{"rows":[[2,1],[3,1],[4,1]]}\n{"rows":[[5,1],[4,1],[3,1],[2,1]]}\n',
  });
  expect(labels).toMatchObject({ code: 0, stderr: "" });
  expect(labelsIn(labels.stdout)).toEqual(["up", "down"]);

  const numbers = await rnn(["classify", "-c", "./tide", "--format", "jsonl", "series.csv"], { cwd: folder });
  expect(numbers).toMatchObject({ code: 0, stderr: "" });
  const lines = numbers.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { number: number });
  expect(lines).toHaveLength(80 - 3); // one window for each row from the fourth
  for (const { number } of lines) expect(number).toBeTypeOf("number");

  const text = await rnn(["classify", "-c", "./tide", "matrices.jsonl"], { cwd: folder });
  expect(text).toMatchObject({ code: 1, stdout: "" });
  expect(text.stderr).toMatch(/no such column "height" for --value-columns/);
});

test("classify: --format csv prints the table with the answers, from a file and from standard input, and one header", async () => {
  const table = '\uFEFFid;text\r\n1;"the lamp was lovely;\r\nso warm"\r\n\r\n2;the lamp was rude\r\n3;too;wide';
  writeFileSync(join(cwd, "semicolons.csv"), table);
  const { code, stdout, stderr } = await run("", "semicolons.csv", "--format", "csv", "--delimiter", ";");
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^rnn: 1 line or row has no answer, .*:6: 3 col/),
  });
  expect(stdout).toMatch(
    /^\uFEFFid;text;label;probability;error\r\n1;"the lamp was lovely;\r\nso warm";praise;[01]\.\d{4};\r\n/,
  );
  expect(stdout).toMatch(
    /\r\n;;\w+;0\.\d{4};\r\n2;the lamp was rude;blame;[01]\.\d{4};\r\n3;too;wide;;;"?3 columns, [^\n]*$/,
  );
  expect(await run(table, "-", "--input-format", "csv", "--format", "csv", "--delimiter", ";")).toMatchObject({
    code: 1,
    stdout,
  });
  const twice = await run("", "table.tsv", "table.tsv", "--text-column", "note", "--format", "tsv");
  expect(twice.stdout.match(/^id\tnote\tlabel\tprobability\terror$/gm)).toHaveLength(1);
  expect(twice.stdout.split("\n")).toHaveLength(6);
  const other = await run("", "opinions.csv", "table.tsv", "--format", "csv", "--text-column", "1");
  expect(other).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^rnn: table\.tsv has other columns than opinions\.csv/),
  });
});

test("classify: --id-column prints one column of the table and the answers; of lines it is a usage error", async () => {
  const { stdout } = await run("", "table.tsv", "--text-column", "note", "--id-column", "id");
  expect(stdout).toMatch(/^id\tlabel\tprobability\terror\n1\tpraise\t[01]\.\d{4}\t\n2\tblame\t[01]\.\d{4}\t\n$/);
  expect(await run("", "lines.txt", "--id-column", "id")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^rnn: --id-column has no effect here, because lines\.txt is not a table; remove it\n/,
    ),
  });
});

test("classify: a table without rows gives its header; lines as csv are quoted", async () => {
  expect((await run("text,n\n", "-", "--input-format", "csv", "--format", "csv")).stdout).toBe(
    "text,n,label,probability,error\n",
  );
  expect((await run("lovely, warm\n", "--format", "csv")).stdout).toMatch(
    /^label,probability,error\npraise,[01]\.\d{4},\n$/,
  );
});

test("classify: an output that is not finite costs the answer of its own text alone", async () => {
  const { loadModel } = await import("../../../src/model/model.js");
  const { answerBatch } = await import("../../../src/inference/classification/classify.js");
  using model = await loadModel(join(cwd, "checkpoints/critic"), { task: "classifier" });
  const { network } = model;
  expect(network.weights.size).toBeGreaterThan(0); // makes tensors, so that the network's own forward pass runs
  const read = network.read.bind(network);
  network.read = (...given) => {
    const found = read(...given);
    found.logits[0] = Number.NaN; // of the longest text
    return found;
  };
  const answers = answerBatch(model, ["lovely", "the lamp was lovely and warm", "rude"]);
  expect(answers.map((answer) => Object.keys(answer))).toEqual([["predictions"], ["error"], ["predictions"]]);
});
