/** @file `npm test`: the tests that take no other program and little of the processor. Those in `*.heavy.test.ts` run under `npm run test:all`. */
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

/** A test that hangs fails in the end; how long one takes depends on the processor and on what else runs. */
const hangs = 600_000; // milliseconds

/** The kernels once more, as WebAssembly: without the tests of the addon alone. */
export const wasmKernels = {
  include: ["test/kernels/*.test.ts"],
  exclude: ["addon", "threads", "bf16"].map((name) => `test/kernels/${name}.test.ts`),
};

/** The loaders beside an exported model import the whole package; the tests install its parts. */
const tensorflow = fileURLToPath(new URL("test/interop/tfjs/tensorflow.mjs", import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^@tensorflow\/tfjs$/, replacement: tensorflow }] },
  test: {
    testTimeout: hangs,
    hookTimeout: hangs,
    env: { npm_command: "" }, // messages name commands as npx needs them, also where npx runs the tests
    maxWorkers: "100%", // by default one processor is left free
    projects: [
      {
        extends: true,
        test: {
          name: "rnn",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "test/**/*.heavy.test.ts"],
        },
      },
      { extends: true, test: { name: "wasm", ...wasmKernels, env: { RNN_TEST_KERNELS: "wasm" } } },
    ],
  },
});
