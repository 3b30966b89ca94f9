/** @file Faults of the system end every command with one line. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isOutOfMemory } from "../../src/common/errors.js";
import { rnn, shell } from "../support/bin.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({ "tale.txt": "once upon a time there was a small network.\n".repeat(20) });
const oneLine = /^rnn: [^\n]*\n$/;

test.skipIf(process.platform === "win32").each(["generate --length 5", "list", "--help", "train tale.txt"])(
  "faults: in a deleted working folder, `rnn %s` says so in one line",
  async (words) => {
    const { stdout, stderr } = await shell(`mkdir gone; cd gone; rmdir ../gone; rnn ${words}; echo $?`, { cwd });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain("working folder does not exist");
    expect(stdout).toBe("1\n");
  },
);

test.skipIf(process.platform !== "linux").each(["--help", "train --help", "--version", "list"])(
  "faults: `rnn %s` into a full device is one line and exit code 1",
  async (words) => {
    const { code, stderr } = await shell(`rnn ${words} > /dev/full`, { cwd });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain("could not write the output: ENOSPC");
    expect(code).toBe(1);
  },
);

test.skipIf(process.platform !== "linux")("faults: --out in /proc is one line", async () => {
  const { code, stderr } = await rnn(["train", "tale.txt", "--epochs", "1", "--units", "4", "--out", "/proc/a/b"], {
    cwd,
  });
  expect(stderr).toMatch(/could not make the folder \/proc\/a\/b: ENOENT[^\n]*--out\n$/);
  expect(code).toBe(1);
});

test
  .skipIf(process.platform !== "linux")
  .each([
    "train /dev/zero",
    "classify -c critic /dev/zero",
    "classify -c critic",
    "classify -c critic --workers 2",
    "score -c storyteller /dev/zero",
    "tokenize -",
    "evaluate -c critic /dev/zero",
    "import /dev/zero --like critic",
  ])("faults: `rnn %s` of an endless device is one line", async (words) => {
  const { code, stdout, stderr } = await shell(`rnn ${words} < /dev/zero`, { cwd });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(oneLine);
  expect(stderr).toMatch(/not text: only NUL bytes|is a device/);
});

test
  .skipIf(process.platform !== "linux")
  .each([
    "train tale.txt --token-cache /proc/a/b",
    "train tale.txt --tensorboard /proc/a/b",
    "report critic --out /proc/a/b/c.html",
    "export critic --to safetensors --out /proc/a/b",
    "import nosuch.keras --like critic --out /proc/a/b",
  ])("faults: `rnn %s`, where no folder can be made, is one line", async (words) => {
  const { code, stdout, stderr } = await rnn(words.split(" "), { cwd });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/\/proc\/a/);
  expect(stderr.split("\n").filter((line) => line.startsWith("rnn: "))).toHaveLength(1);
});

test("faults: an old Node gets the version that rnn needs, before anything is imported", async () => {
  const bin = readFileSync(fileURLToPath(new URL("../../bin/rnn.js", import.meta.url)), "utf8");
  expect(bin).not.toMatch(/^import |\?\.|\?\?|^\s*(?:const .*= )?await /m); // syntax of later versions
  const old = `Object.defineProperty(process.versions, "node", { value: "18.20.4" });`;
  const preload = `data:text/javascript,${encodeURIComponent(old)}`;
  const { stderr, stdout } = await shell(`NODE_OPTIONS='--import ${preload}' rnn --version; echo $?`, { cwd });
  expect(stderr).toBe("rnn needs Node 20.19 or newer, this is 18.20\n");
  expect(stdout).toBe("1\n");
});

test("faults: control characters of an argument are shown, and a long message is cut", async () => {
  const shown = await rnn(["train", "no\u001B[31m\nsuch.txt"], { cwd });
  expect(shown.stderr).toContain(String.raw`no\x1b[31m\nsuch.txt`);
  const long = await rnn(["train", `${"x".repeat(5000)}.txt`], { cwd });
  expect(long.stderr.length).toBeLessThan(1200);
});

test("faults: a window that no memory holds is one line that names the largest", async () => {
  const rows = Array.from({ length: 40 }, (_, hour) => `${hour % 7},${hour}\n`).join("");
  const table = folderWith({ "hours.csv": `wind,temperature\n${rows}` });
  const argv = ["train", "hours.csv", "--label-column", "temperature", "--window", "1000000000"];
  const { code, stderr } = await rnn(argv, { cwd: table });
  expect(stderr).toMatch(
    /^rnn: (?:hours.csv: )?--window 1000000000 with 1 columns makes windows of 1000000000 numbers; use/,
  );
  expect(stderr).toMatch(oneLine);
  expect(code).toBe(1);
});

test("faults: memory that cannot be allocated is recognized, and other range errors are not", () => {
  const failed = [() => new ArrayBuffer(2 ** 52), () => new Float32Array(2 ** 52), () => "a".repeat(2 ** 30)];
  const errors = failed.map((allocate) => {
    try {
      return allocate();
    } catch (error) {
      return error;
    }
  });
  expect(errors.map((error) => isOutOfMemory(error))).toEqual([true, true, true]);
  expect(isOutOfMemory(new RangeError("Maximum call stack size exceeded"))).toBe(false);
});
