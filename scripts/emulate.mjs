/**
 * @file The arm64 addon's kernels against their tests, on an emulated processor: `npm run emulate [-- options of vitest]`. It takes zig, qemu-user and
 * arm64's C library. Vitest itself runs as ever; the tests run in a Node for arm64.
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
  console.error(`not emulated: there is no ${missing.join(", no ")}`);
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
  // A process that takes this for its own program starts others with it: Vitest the tests, and these what they try.
  const taken = join(folder, "taken.cjs");
  writeFileSync(taken, `process.execPath = ${JSON.stringify(node)};\n`);
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
    NODE_OPTIONS: `--require ${taken}`,
    RNN_TEST_ADDON: prebuiltFile(system),
  });
} finally {
  rmSync(folder, { recursive: true });
}
