/** @file A damaged addon is not loaded, which would end the process: WebAssembly computes instead. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageFolder } from "../../../../src/common/packageFolder.js";
import { folderWith } from "../../../support/folder.js";

const copy = folderWith({});
const addon = join(copy, "build/native.node");
const isBuilt = existsSync(join(packageFolder, "build/native.node.sha256"));

test.skipIf(!isBuilt)("native addon: a truncated one is one line, and the result is the same", () => {
  for (const part of ["bin", "bundle", "wasm", "package.json"])
    cpSync(join(packageFolder, part), join(copy, part), { recursive: true });
  for (const part of ["node_modules", "checkpoints"]) symlinkSync(join(packageFolder, part), join(copy, part));
  mkdirSync(join(copy, "build"));
  for (const name of ["native.node", "native.node.sha256"])
    cpSync(join(packageFolder, "build", name), join(copy, "build", name));
  const classify = () =>
    spawnSync(process.execPath, [join(copy, "bin/rnn.js"), "classify", "-c", "critic"], {
      input: "not bad at all\n",
      encoding: "utf8",
      env: { ...process.env, RNN_BACKEND: "" },
    });
  const whole = classify();
  expect(whole).toMatchObject({ status: 0, stderr: "" });
  truncateSync(addon, 500_000);
  const damaged = classify();
  expect(damaged).toMatchObject({ status: 0, stdout: whole.stdout });
  expect(damaged.stderr).toMatch(
    /^warning: the native addon build\/native\.node is damaged \(its SHA-256 differs\), so a slower backend[^\n]*\n$/,
  );
  rmSync(`${addon}.sha256`); // as an installation that was cut off
  const unrecorded = classify();
  expect(unrecorded).toMatchObject({ status: 0, stdout: whole.stdout });
  expect(unrecorded.stderr).toMatch(
    /^warning: the native addon [^\n]* is damaged \(its SHA-256 could not be compared: [^\n]*\n$/,
  );
});
