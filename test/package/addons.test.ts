/** @file `npm run prebuilt` rejects addons that its target system could not load, and reports a missing compiler. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compilableVariants } from "../../scripts/addon.mjs";
import { checkAddon } from "../../scripts/check-addon.mjs";
import { addonPath } from "../kernels/support.js";
import { folderWith } from "../support/folder.js";

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

test("addon: on Windows each function of Node-API that the kernels call is looked up", () => {
  const functionsIn = (file: string, pattern: RegExp): string[] => {
    const source = readFileSync(join(import.meta.dirname, "../../src/kernels", file), "utf8");
    return [...new Set([...source.matchAll(pattern)].map(([, name]) => name!))].toSorted();
  };
  const called = functionsIn("binding.c", /\b(napi_\w+)\(/g);
  expect(functionsIn("windows.c", /each\((napi_\w+)\)/g)).toEqual(expect.arrayContaining(called));
});

test.skipIf(process.platform === "win32")(
  "addon: an older compiler leaves out the variants that it does not know",
  async () => {
    const compiler = join(folderWith({}), "cc");
    const names = async (unknown: string, platform = "linux"): Promise<string[]> => {
      writeFileSync(compiler, `#!/bin/sh\ncase "$*" in *${unknown}*) exit 1;; esac\n`, { mode: 0o755 });
      return (await compilableVariants([compiler], platform, "x64")).map(([name]) => name);
    };
    const all = ["baseline", "avx2", "avx512", "avx512_bf16", "amx_bf16", "avx2_bf16", "emulated_amx_bf16"];
    expect(await names("-no-such-flag")).toEqual(all);
    expect(await names("-mamx-tile")).toEqual(all.filter((name) => name !== "amx_bf16"));
    expect(await names("-mavx512bf16")).toEqual(all.filter((name) => !/^(amx|avx512)_bf16$/.test(name)));
    expect(await names("-no-such-flag", "darwin")).toEqual(all.filter((name) => name !== "amx_bf16"));
  },
);

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
