/** @file The kernels for NEON against plain loops, on an emulated processor: `npm run emulate`. It takes aarch64-linux-gnu-gcc and qemu-aarch64. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commonFlags, numericFlags } from "./addon.mjs";

const compiler = "aarch64-linux-gnu-gcc";
const emulator = "qemu-aarch64";
const missing = [compiler, emulator].filter((program) => spawnSync(program, ["--version"]).error);
if (missing.length > 0) {
  console.error(`not emulated: there is no ${missing.join(" and no ")} (Debian: gcc-aarch64-linux-gnu, qemu-user)`);
  process.exit(0);
}

const pathOf = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const sources = ["variant", "threads", "scratch", "dispatch"].map((name) => pathOf(`src/kernels/${name}.c`));
const folder = mkdtempSync(join(tmpdir(), "rnn-emulated-"));
const program = join(folder, "program");
const run = (...command) => spawnSync(command[0], command.slice(1), { stdio: "inherit" }).status ?? 1;

const flags = [...commonFlags, ...numericFlags, "-DVARIANT_TABLE=kernels_neon", "-pthread"];
const status =
  run(compiler, ...flags, "-o", program, pathOf("test/kernels/emulated.c"), ...sources, "-lm") ||
  run(emulator, "-L", "/usr/aarch64-linux-gnu", program);
rmSync(folder, { recursive: true });
process.exit(status);
