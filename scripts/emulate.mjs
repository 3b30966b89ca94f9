/**
 * @file `npm run emulate [-- options of vitest]`: runs the tests of the kernels with the arm64 addon on an emulated processor. It requires zig, qemu-user
 * and the C library for arm64. Vitest runs natively; its worker processes run in a Node for arm64.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./addon.mjs";
import { fetchNode } from "./fetch-node.mjs";
import { findZig, prebuiltFile } from "./prebuilt.mjs";

const libraries = "/usr/aarch64-linux-gnu";
const system = "linux-arm64";

const run = (command, given, env = {}) =>
  spawnSync(command, given, { stdio: "inherit", cwd: root, env: { ...process.env, ...env } }).status ?? 1;

const emulator = ["qemu-aarch64-static", "qemu-aarch64"].find((name) => !spawnSync(name, ["--version"]).error);
const missing = [
  emulator ?? "qemu-aarch64 (Debian: qemu-user-static)",
  existsSync(`${libraries}/lib/libstdc++.so.6`) || `${libraries} (Debian: libstdc++6-arm64-cross)`,
  findZig() ?? "zig (pip install ziglang)",
].filter((found) => typeof found === "string" && found !== emulator);
if (missing.length > 0) {
  console.error(`The tests on arm64 are skipped; to run them, install ${missing.join(", ")}.`);
  process.exit(0);
}
if (run(process.execPath, [join(root, "scripts/prebuilt.mjs"), system]) !== 0) process.exit(1);

const folder = mkdtempSync(join(tmpdir(), "rnn-emulated-"));
try {
  const node = join(folder, "node");
  writeFileSync(
    node,
    `#!/bin/sh\nexec ${emulator} -L ${libraries} "${fetchNode("22", { platform: "linux", arch: "arm64" })}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
  // Processes start their child processes with process.execPath: so Vitest starts its workers, and these start the programs under test, in the emulator.
  const preload = join(folder, "preload.cjs");
  writeFileSync(preload, `process.execPath = ${JSON.stringify(node)};\n`);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const options = [
    "run",
    "test/kernels",
    "--project=rnn",
    "--pool=forks",
    "--testTimeout=600000",
    ...process.argv.slice(2),
  ];
  process.exitCode = run(process.execPath, [vitest, ...options], {
    NODE_OPTIONS: `--require ${preload}`,
    RNN_TEST_ADDON: prebuiltFile(system),
  });
} finally {
  rmSync(folder, { recursive: true });
}
