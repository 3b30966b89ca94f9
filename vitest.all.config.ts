/** @file `npm run test:all`: every test, with all random cases, other frameworks, a browser, and each command line as a process; with RNN_TEST_REST without the files that `npm test` runs in the same way. */
import { defineConfig, mergeConfig } from "vitest/config";
import { thoroughFiles } from "./scripts/thorough-files.mjs";
import fast, { wasmKernels } from "./vitest.config.js";

const { projects: _, ...common } = fast.test!;
const env = { RNN_TEST_THOROUGH: "1" };
const include = process.env["RNN_TEST_REST"] === "1" ? thoroughFiles() : ["test/**/*.test.ts"];

export default mergeConfig(
  defineConfig({ resolve: fast.resolve!, test: common }),
  defineConfig({
    test: {
      projects: [
        { extends: true, test: { name: "all", include, env } },
        { extends: true, test: { name: "all-wasm", ...wasmKernels, env: { ...env, RNN_TEST_KERNELS: "wasm" } } },
      ],
    },
  }),
);
