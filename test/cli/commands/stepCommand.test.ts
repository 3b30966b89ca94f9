/** @file `rnn step`: a cell's equations with numbers on stdout. */
import { expect, test } from "vitest";
import { rnn } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";

const cwd = folderWith({});

// Course rows 5.1, 5.3: docs/guide/README.md#course-rows
test("step: an LSTM of 4 units reads one input of 6 numbers, with the same result each time", async () => {
  const { code, stdout, stderr } = await rnn(["step"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(23);
  expect(lines[1]).toMatch(/^input +x +\[1, 6\]$/);
  expect(lines[9]).toMatch(/^hidden +h' = o tanh\(c'\) +\[1, 4\]$/);
  expect(lines[10]).toMatch(/^output +y = h' V +\[1, 4\]$/);
  expect(lines[12]).toMatch(/^step 1 +1 +2 +3 +4 +5 +6$/);
  expect(lines[13]).toMatch(/^x(?: +-?\d\.\d{4}){6}$/);
  expect(lines[21]).toMatch(/^h'(?: +-?\d\.\d{4}){4}$/);
  expect(lines[22]).toMatch(/^y(?: +-?\d\.\d{4}){4}$/);
  for (const text of lines) expect(text.length).toBeLessThanOrEqual(80);
  expect((await rnn(["step", "--seed", "1"], { cwd })).stdout).toBe(stdout);
});

test("step: numbers as arguments are one step, each line of standard input is one step", async () => {
  const words = await rnn(["step", "--cell", "gru", "--units", "2", "0.5", "-1", "2", "--json"], { cwd });
  expect(JSON.parse(words.stdout)).toMatchObject({ step: 1, input: [0.5, -1, 2], state: [[0, 0]] });
  const lines = await rnn(["step", "--cell", "rnn", "-", "--json"], { cwd, input: "1 0\n0 1\n" });
  expect(lines.stdout.trimEnd().split("\n")).toHaveLength(2);
});

test("step: invalid numbers and lines of different lengths are errors of one line", async () => {
  expect(await rnn(["step", "one"], { cwd })).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("got one"),
  });
  expect(await rnn(["step", "-"], { cwd, input: "1 2\n3\n" })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("line 2 has 1 numbers and line 1 has 2"),
  });
  expect(await rnn(["step", "-"], { cwd })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("has no numbers"),
  });
  expect(await rnn(["step", "--inputs", "3", "1"], { cwd })).toMatchObject({ code: 2 });
});
