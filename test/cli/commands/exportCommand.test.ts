/** @file `rnn export` from the shell: its files and its errors. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rnn, shell } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";

const cwd = folderWith({ "lines.txt": "a fine book\n" });

test("export: --to tfjs writes the model with its vocabulary and a loader", async () => {
  const done = await rnn(["export", "critic", "--to", "tfjs"], { cwd });
  expect(done).toMatchObject({ code: 0, stdout: "tfjs-critic\n" });
  expect(readdirSync(join(cwd, "tfjs-critic")).toSorted()).toEqual([
    "classify.mjs",
    "encode.mjs",
    "model.json",
    "model.mjs",
    "normalized.mjs",
    "package.json",
    "vocabulary.json",
    "weights-1of1.bin",
  ]);
});

test("export: --to keras writes the model with its vocabulary and a loader", async () => {
  const done = await rnn(["export", "storyteller", "--to", "keras", "-o", "teller"], { cwd });
  expect(done).toMatchObject({ code: 0, stdout: "teller\n" });
  const names = [
    "encode.py",
    "follow.py",
    "generate.py",
    "model.keras",
    "model.py",
    "normalized.py",
    "vocabulary.json",
  ];
  expect(readdirSync(join(cwd, "teller")).toSorted()).toEqual(names);
});

test.each(["tfjs", "keras"])("export: --sentences has no effect with --to %s and is a usage error", async (format) => {
  const failed = await rnn(["export", "critic", "--to", format, "--sentences", "lines.txt"], { cwd });
  expect(failed).toMatchObject({ code: 2, stdout: "" });
  expect(failed.stderr).toMatch(
    /^rnn: --sentences has no effect with --to [a-z]+; remove it or choose --to projector\n/m,
  );
});

test("export: a full disk leaves no partial files", async () => {
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

test("export: an --out that cannot be a folder is an error of one line", async () => {
  for (const [out, message] of [
    ["lines.txt", "exists already and is not a folder"],
    ["lines.txt/below", "exists|not a directory"],
    ["/proc/below", "no such file"],
  ] as const) {
    const failed = await rnn(["export", "critic", "--to", "onnx", "--out", out], { cwd });
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toMatch(new RegExp(`^rnn: (?:could not write )?${out}:? .*(?:${message}).*\n$`));
  }
});
