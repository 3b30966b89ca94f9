/** @file `npm run prebuilt` rejects addons that its target system could not load, and reports a missing compiler. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkAddon } from "../../scripts/check-addon.mjs";
import { addonPath } from "../kernels/support.js";

const onLinux = process.platform === "linux";
const here = `linux-${process.arch}`;

test.skipIf(!onLinux)("prebuilt: an addon for another processor or system is an error", () => {
  const addon = readFileSync(addonPath);
  const other = process.arch === "x64" ? "arm64" : "x64";
  expect(() => checkAddon(addon, `linux-${other}`)).toThrow(`the addon for linux-${other} is for ${process.arch}`);
  expect(() => checkAddon(addon, `${here}-musl`)).toThrow(/needs the library lib\w\.so\.6/);
  expect(() => checkAddon(addon, "win32-x64")).toThrow("the addon for win32-x64 is elf");
});

test.skipIf(!onLinux)("prebuilt: an addon that needs a library that not every system has is an error", () => {
  expect(() => checkAddon(readFileSync(process.execPath), here)).toThrow(`the addon for ${here} needs the library lib`);
});

test("prebuilt: a file that is not a shared library is an error", () => {
  expect(() => checkAddon(Buffer.from("#!/bin/sh\n"), here)).toThrow("neither ELF nor Mach-O nor PE");
});

const prebuilt = (given: string[], env = {}) =>
  spawnSync(process.execPath, ["scripts/prebuilt.mjs", ...given], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

test("prebuilt: without zig the message names the ways to install it", () => {
  const { status, stderr } = prebuilt([], { ZIG: "no-such-program" });
  expect(status).toBe(1);
  expect(stderr).toBe(
    "could not find zig, which compiles the addons; run pip install ziglang, or set ZIG to its command\n",
  );
});

test("prebuilt: an unknown system is an error that lists the systems", () => {
  const { status, stderr } = prebuilt(["plan9-x64"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^No such system "plan9-x64"; systems are: linux-x64, .*, win32-x64\n$/);
});
