/** @file What `npm run prebuilt` refuses: an addon that would not load where it is meant to, and a machine without its compiler. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkAddon } from "../../scripts/check-addon.mjs";
import { addonPath } from "../kernels/support.js";

const onLinux = process.platform === "linux";
const here = `linux-${process.arch}`;

test.skipIf(!onLinux)("an addon for another processor or system is refused", () => {
  const addon = readFileSync(addonPath);
  const other = process.arch === "x64" ? "arm64" : "x64";
  expect(() => checkAddon(addon, `linux-${other}`)).toThrow(`the addon for linux-${other} is for ${process.arch}`);
  expect(() => checkAddon(addon, `${here}-musl`)).toThrow(/needs the library lib\w\.so\.6/);
  expect(() => checkAddon(addon, "win32-x64")).toThrow("the addon for win32-x64 is elf");
});

test.skipIf(!onLinux)("so is what needs a library that not every system has", () => {
  expect(() => checkAddon(readFileSync(process.execPath), here)).toThrow(`the addon for ${here} needs the library lib`);
});

test("what is no addon at all is told", () => {
  expect(() => checkAddon(Buffer.from("#!/bin/sh\n"), here)).toThrow("neither ELF nor Mach-O nor PE");
});

const prebuilt = (given: string[], env = {}) =>
  spawnSync(process.execPath, ["scripts/prebuilt.mjs", ...given], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

test("without zig the package is not made, and the next step is told", () => {
  const { status, stderr } = prebuilt([], { ZIG: "no-such-program" });
  expect(status).toBe(1);
  expect(stderr).toBe(
    "the package's addons are compiled with zig, and it is not here: pip install ziglang, or set ZIG to its command\n",
  );
});

test("a system that the package does not serve is refused with the names of those that it does", () => {
  const { status, stderr } = prebuilt(["plan9-x64"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^there is no system "plan9-x64": choose among linux-x64, .*, win32-x64\n$/);
});
