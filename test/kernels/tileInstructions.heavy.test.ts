/** @file The variant for AMX as it is compiled, on a processor that has AVX512-BF16 and not AMX: its tile instructions are emulated one by one. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compilableVariants } from "../../scripts/addon.mjs";
import { folderWith } from "../support/folder.js";
import { addon } from "./support.js";

const compiler = process.env["CC"] ?? "cc";
const kernels = fileURLToPath(new URL("../../src/kernels", import.meta.url));
const isas = addon.isas();
const traps = process.platform === "linux" && isas.includes("avx512bf16") && !isas.includes("amx-bf16");
const variants = traps ? new Map(await compilableVariants([compiler], "linux", "x64")) : new Map<string, string[]>();

test.skipIf(!variants.has("amx_bf16"))("amx-bf16: its instructions give the bits of the emulation", () => {
  const folder = folderWith({});
  const run = (command: string, ...given: string[]): string => {
    const { status, stdout, stderr } = spawnSync(command, given, { encoding: "utf8" });
    expect(`${stderr} ${status}`).toBe(" 0");
    return stdout;
  };
  const emulated = variants.get("emulated_amx_bf16")!;
  const program = fileURLToPath(new URL("tileInstructions.c", import.meta.url));
  const objects = [
    { name: "amx", source: join(kernels, "variant.c"), flags: [...variants.get("amx_bf16")!, "-DVARIANT_TABLE=kernels_amx_bf16"] }, // prettier-ignore
    { name: "emulated", source: join(kernels, "variant.c"), flags: [...emulated, "-DVARIANT_TABLE=kernels_emulated_amx_bf16"] }, // prettier-ignore
    { name: "program", source: program, flags: [...emulated, "-w"] },
    ...["threads", "scratch", "processors"].map((name) => ({ name, source: join(kernels, `${name}.c`), flags: [] })),
  ].map(({ name, source, flags }) => {
    const object = join(folder, `${name}.o`);
    run(compiler, "-std=c11", "-O2", "-ffp-contract=fast", `-I${kernels}`, ...flags, "-c", source, "-o", object);
    return object;
  });
  const built = join(folder, "program");
  run(compiler, ...objects, "-pthread", "-lm", "-ldl", "-o", built);
  expect(run(built)).toBe("same bits\n");
});
