/** @file The help of every command, as it is printed into a pipe. */
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({});
const names = commands.map(({ usage }) => usage.split(" ")[0]!);

test("rnn --help lists the commands, and costs what Node costs", async () => {
  const { code, stdout, stderr } = await rnn(["--help"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  await expect(stdout).toMatchFileSnapshot("help/rnn.txt");
});

test.each(names)("rnn %s --help", async (name) => {
  const { code, stdout, stderr } = await rnn([name, "--help"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n").every((line) => line.length <= 100)).toBe(true);
  await expect(stdout).toMatchFileSnapshot(`help/${name}.txt`);
});

test("-h is --help, before anything is read", async () => {
  const { code, stdout } = await rnn(["train", "nowhere.txt", "-h"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^rnn train \[corpus\]\n/);
});
