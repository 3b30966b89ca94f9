import { defineConfig } from "vitest/config";

/** Of the kernels' tests, those that are about the addon alone. */
const ofTheAddon = ["addon", "threads", "bf16"].map((name) => `test/kernels/${name}.test.ts`);

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: "100%", // by default one processor is left to a person
    projects: [
      { extends: true, test: { name: "rnn", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "wasm",
          include: ["test/kernels/*.test.ts"],
          exclude: ofTheAddon,
          env: { RNN_TEST_KERNELS: "wasm" },
        },
      },
    ],
  },
});
