/** @file The kernels' tests with every read and write of the kernels checked: `node scripts/sanitize.mjs` (gcc on Linux). */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildAddon } from "./build-addon.mjs";

const output = fileURLToPath(new URL("../build/sanitized.node", import.meta.url));
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));

const built = await buildAddon({
  output,
  flags: ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"],
});
if (!built) process.exit(1);

const compiler = process.env.CC ?? "gcc";
const library = spawnSync(compiler, ["-print-file-name=libasan.so"], { encoding: "utf8" }).stdout.trim();
const { status } = spawnSync(process.execPath, [vitest, "run", "test/kernels", "--testTimeout=300000"], {
  stdio: "inherit",
  env: { ...process.env, LD_PRELOAD: library, ASAN_OPTIONS: "detect_leaks=0", RNN_TEST_ADDON: output },
});
process.exit(status ?? 1);
