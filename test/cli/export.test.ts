/** @file `rnn export` from the shell: which files it writes, and what it refuses. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rnn, shell } from "../support/bin.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({ "lines.txt": "a fine book\n" });

test("a model for TensorFlow.js comes with its vocabulary and a loader", async () => {
  const done = await rnn(["export", "critic", "--to", "tfjs"], { cwd });
  expect(done).toMatchObject({ code: 0, stdout: "tfjs-critic\n" });
  expect(readdirSync(join(cwd, "tfjs-critic")).toSorted()).toEqual([
    "classify.mjs",
    "encode.mjs",
    "model.json",
    "model.mjs",
    "package.json",
    "vocabulary.json",
    "weights-1of1.bin",
  ]);
});

test("a model for Keras likewise", async () => {
  const done = await rnn(["export", "storyteller", "--to", "keras", "-o", "teller"], { cwd });
  expect(done).toMatchObject({ code: 0, stdout: "teller\n" });
  const names = ["encode.py", "generate.py", "model.keras", "model.py", "vocabulary.json"];
  expect(readdirSync(join(cwd, "teller")).toSorted()).toEqual(names);
});

test.each(["tfjs", "keras"])("--sentences is refused where it would do nothing: %s", async (format) => {
  const refused = await rnn(["export", "critic", "--to", format, "--sentences", "lines.txt"], { cwd });
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(
    /^rnn: --sentences has no effect with --to [a-z]+; remove it or choose --to projector\n/m,
  );
});

test("where the disk is full, nothing is left of what was begun", async () => {
  mkdirSync(join(cwd, "there"));
  const before = readdirSync(cwd);
  for (const out of ["new", "new/below", "there"]) {
    const full = await shell(`ulimit -f 300; rnn export critic --to onnx --out ${out}`, { cwd });
    expect(full).toMatchObject({ code: 1, stdout: "" });
    expect(full.stderr).toMatch(new RegExp(`^rnn: could not write ${out}: .*file too large.*\n$`));
    expect(readdirSync(cwd)).toEqual(before);
    expect(readdirSync(join(cwd, "there"))).toEqual([]);
  }
});

test("what is no folder, or can have none, is told in one line", async () => {
  for (const [out, message] of [
    ["lines.txt", "not a directory"],
    ["lines.txt/below", "exists|not a directory"],
    ["/proc/below", "no such file"],
  ] as const) {
    const refused = await rnn(["export", "critic", "--to", "onnx", "--out", out], { cwd });
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(new RegExp(`^rnn: could not write ${out}: .*(?:${message}).*\n$`));
  }
});
