/** @file The text of `rnn doctor`: the measured precisions, and which one it recommends. */
import { expect, test } from "vitest";
import { diagnosis } from "../../src/render/doctorText.js";

const report = {
  chosen: "native",
  backends: [{ name: "native", describe: "C kernels", missing: null, file: "build/native.node" }],
  instructionSet: "avx512bf16",
  instructionSets: ["baseline", "avx2", "avx512", "avx512bf16"],
  precisions: ["fp32", "bf16"],
  threads: 2,
  processors: 2,
  faster: [],
  speeds: { native: 60_000 },
} satisfies Omit<Parameters<typeof diagnosis>[0], "precisionSpeeds">;

const text = (precisionSpeeds: { fp32: number; bf16?: number }): string =>
  diagnosis({ ...report, precisionSpeeds }, { json: false, width: 120 });

test("doctor: it shows the measured speed of each precision, and recommends the faster one", () => {
  const shown = text({ fp32: 60_000, bf16: 108_000 });
  expect(shown).toMatch(/^precision +fp32 60k characters\/s, bf16 108k characters\/s in training$/m);
  expect(shown).toMatch(/^advice +bf16 trains 1\.8 times as fast as fp32 on this machine; use --precision auto$/m);
});

test("doctor: it recommends no precision that is slower or alike", () => {
  for (const bf16 of [38_000, 60_000, 64_000]) {
    const shown = text({ fp32: 60_000, bf16 });
    expect(shown).toContain("bf16");
    expect(shown).not.toContain("--precision");
  }
});

test("doctor: without bf16 it says what bf16 needs", () => {
  expect(text({ fp32: 60_000 })).toMatch(/^precision +fp32; bf16 needs the native backend and .+AMX or AVX512-BF16$/m);
});

test("doctor: --json has the speeds of the precisions", () => {
  const precisionSpeeds = { fp32: 60_000, bf16: 108_000 };
  const json = JSON.parse(diagnosis({ ...report, precisionSpeeds }, { json: true })) as object;
  expect(json).toMatchObject({ precisionSpeeds, backends: [{ name: "native", speed: 60_000 }] });
});
