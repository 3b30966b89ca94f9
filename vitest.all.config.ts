/** @file `npm run test:all`: every test, with all random cases, other frameworks, a browser, and each command line as a process. */
import { defineConfig, mergeConfig } from "vitest/config";
import fast, { wasmKernels } from "./vitest.config.js";

const { projects: _, ...common } = fast.test!;
const env = { RNN_TEST_THOROUGH: "1" };

export default mergeConfig(
  defineConfig({ resolve: fast.resolve!, test: common }),
  defineConfig({
    test: {
      projects: [
        { extends: true, test: { name: "all", include: ["test/**/*.test.ts"], env } },
        { extends: true, test: { name: "all-wasm", ...wasmKernels, env: { ...env, RNN_TEST_KERNELS: "wasm" } } },
      ],
    },
  }),
);
