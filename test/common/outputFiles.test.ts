/** @file Files of results: tried before the work, written whole, and never in place of another program's file. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tryFile, tryPath, writeWhole } from "../../src/common/outputFiles.js";
import { rnn, shell } from "../support/bin.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({ "notes.html": "my notes", "plots/token-map.svg": "my drawing", "lines.txt": "one\ntwo\n" });

test("output files: trying a path leaves nothing behind, and says what the system says", async () => {
  const before = readdirSync(cwd);
  await tryPath(join(cwd, "new/below/page.html"));
  await tryFile(join(cwd, "page.html"), "mark", false);
  expect(readdirSync(cwd)).toEqual(before);
  await expect(tryPath(join(cwd, "lines.txt/below"))).rejects.toThrow("ENOTDIR");
  await expect(tryFile(join(cwd, "nowhere/page.html"), "mark", false)).rejects.toThrow("ENOENT");
  await expect(tryFile(cwd, "mark", true)).rejects.toThrow("is a folder");
});

test("output files: a file is replaced whole, a link keeps its place, and a device gets its bytes", async () => {
  writeFileSync(join(cwd, "target"), "old");
  symlinkSync("target", join(cwd, "link"));
  await writeWhole(join(cwd, "link"), "new");
  expect(readFileSync(join(cwd, "target"), "utf8")).toBe("new");
  expect(lstatSync(join(cwd, "link")).isSymbolicLink()).toBe(true);
  if (process.platform === "win32") return;
  await writeWhole("/dev/null", "nothing");
  expect(lstatSync("/dev/null").isFile()).toBe(false);
});

test("report: a file that rnn did not write is kept, unless --force is given", async () => {
  const refused = await rnn(["report", "critic", "--out", "notes.html"], { cwd });
  expect(refused).toEqual({
    code: 1,
    stdout: "",
    stderr: "rnn: notes.html exists and was not written by rnn; name another path, or replace it with --force\n",
  });
  expect(readFileSync(join(cwd, "notes.html"), "utf8")).toBe("my notes");
  for (const more of [["--force"], []]) {
    const written = await rnn(["report", "critic", "--out", "notes.html", ...more], { cwd });
    expect(written).toMatchObject({ code: 0, stdout: "notes.html\n" });
    expect(readFileSync(join(cwd, "notes.html"), "utf8")).toMatch(/^<!doctype html>/);
  }
});

test("report: pictures replace pictures, not other files, and the page is written anyway", async () => {
  const argv = ["report", "critic", "--out", "page.html", "--pictures", "plots"];
  const refused = await rnn(argv, { cwd });
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^rnn: plots\/token-map\.svg exists and was not written by rnn;[^\n]*--force\n$/);
  expect(readFileSync(join(cwd, "plots/token-map.svg"), "utf8")).toBe("my drawing");
  expect(existsSync(join(cwd, "page.html"))).toBe(true);
  expect((await rnn([...argv, "--force"], { cwd })).code).toBe(0);
  expect((await rnn(argv, { cwd })).code).toBe(0);
});

test("report: a full disk leaves the earlier page as it was", async () => {
  const earlier = '<meta name="generator" content="rnn 0.0.1">';
  mkdirSync(join(cwd, "full"));
  writeFileSync(join(cwd, "full/page.html"), earlier);
  const failed = await shell("ulimit -f 4; rnn report critic --out full/page.html", { cwd });
  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(failed.stderr).toMatch(/^rnn: could not write the report: EFBIG[^\n]*name another file\n$/);
  expect(readFileSync(join(cwd, "full/page.html"), "utf8")).toBe(earlier);
  expect(readdirSync(join(cwd, "full"))).toEqual(["page.html"]);
});
