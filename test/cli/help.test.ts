/** @file The help of every command, as it is printed to a pipe. */
import { expect, test } from "vitest";
import { commands as listed, loadCommand } from "../../src/cli/commands/index.js";
import { commandHelp } from "../../src/cli/help.js";
import { rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({});
const commands = await Promise.all(listed.map(loadCommand));
const names = listed.map(({ name }) => name);

test("help: a command is loaded by the name in its usage", () => {
  expect(commands.map(({ usage }) => usage.split(" ")[0])).toEqual(names);
});

test("help: rnn --help lists the commands", async () => {
  const { code, stdout, stderr } = await rnn(["--help"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  await expect(stdout).toMatchFileSnapshot("help/rnn.txt");
});

test.each(names)("help: rnn %s --help fits a screen of 50 lines and 100 columns", async (name) => {
  const { code, stdout, stderr } = await rnn([name, "--help"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  expect(lines.length).toBeLessThanOrEqual(50);
  await expect(stdout).toMatchFileSnapshot(`help/${name}.txt`);
});

test("help: --help-all lists every option by its first spelling, and its aliases at the end", async () => {
  const { stdout } = await rnn(["train", "--help-all"], { cwd });
  await expect(stdout).toMatchFileSnapshot("help/train-all.txt");
  const { options } = commands.find(({ name }) => name === "train")!;
  for (const [name, { aliases = [] }] of Object.entries(options)) {
    expect(stdout).toMatch(new RegExp(`^ +(-\\w, )?--${name}( |$)`, "m"));
    for (const alias of aliases) {
      expect(stdout).toMatch(new RegExp(`--${alias}(,|$)`, "m"));
      expect(stdout).not.toMatch(new RegExp(`^ +--${alias} `, "m"));
    }
  }
});

test("help: rnn help COMMAND and -h print the same page, before anything is read", async () => {
  const page = await rnn(["train", "--help"], { cwd });
  expect(await rnn(["help", "train"], { cwd })).toEqual(page);
  expect(await rnn(["train", "nowhere.txt", "-h"], { cwd })).toEqual(page);
  expect(await rnn(["help", "trane"], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Unknown command trane; did you mean train or tune?"),
  });
});

test("help: every option has a group, and no line is wider than the screen", () => {
  for (const command of commands) {
    for (const [name, option] of Object.entries(command.options)) expect(option.group, name).toBeDefined();
    for (const width of [50, 60, 80, 110]) {
      const lines = commandHelp(command, true, width).split("\n");
      const wide = lines.filter((line) => line.length > width && !line.includes("  rnn") && !line.includes(" | rnn"));
      expect(wide, command.usage).toEqual([]);
    }
    expect(() => commandHelp(command, true, 1)).not.toThrow();
  }
});
