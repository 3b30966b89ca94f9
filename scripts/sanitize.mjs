/** @file `npm run sanitize [-- options of vitest]`: runs the tests of the kernels with the address and undefined-behavior sanitizers. It requires gcc on Linux. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildAddon } from "./build-addon.mjs";

const output = fileURLToPath(new URL("../build/sanitized.node", import.meta.url));
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));

/** The path of the address sanitizer's library, which must be loaded before Node; null if there is none. */
function sanitizer() {
  const { stdout } = spawnSync(process.env.CC ?? "gcc", ["-print-file-name=libasan.so"], { encoding: "utf8" });
  const path = stdout?.trim() ?? "";
  return process.platform === "linux" && existsSync(path) ? path : null;
}

const library = sanitizer();
if (!library) {
  console.error("The tests with sanitizers are skipped; they require gcc on Linux with libasan.");
  process.exit(0);
}
const built = await buildAddon({
  output,
  flags: ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"],
});
if (!built) process.exit(1);

const options = ["run", "test/kernels", "--project=rnn", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [vitest, ...options], {
  stdio: "inherit",
  env: {
    ...process.env,
    LD_PRELOAD: library,
    ASAN_OPTIONS: "detect_leaks=0",
    RNN_TEST_ADDON: output,
    ...(!process.env.RNN_TEST_REST && { RNN_TEST_THOROUGH: "1" }), // after `npm test`, with other random cases than there
  },
});
process.exit(status ?? 1);
