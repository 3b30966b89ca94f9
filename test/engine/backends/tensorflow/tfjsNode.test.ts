/** @file The messages about a missing or incomplete TensorFlow. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingFor } from "../../../../src/engine/backends/tensorflow/tfjsNode.js";
import { folderWith } from "../../../support/folder.js";

const folder = folderWith({ "package.json": "{}" });

test("tensorflow: on Node 23 and newer the message names the running Node and a version that works", () => {
  for (const version of ["23.0.0", "24.21.0", "100.1.2"])
    expect(missingFor(version, folder)).toMatch(new RegExp(`breaks on Node 23 and newer.*Node ${version}.*Node 22`));
});

test("tensorflow: a missing package is reported with the command that installs it", () => {
  expect(missingFor("22.1.0", null)).toBe(
    "@tensorflow/tfjs-node is not installed: run npm install --no-save @tensorflow/tfjs-node@4.22",
  );
});

test.skipIf(process.platform === "win32")(
  "tensorflow: an incomplete installation is reported with the command that repairs it",
  () => {
    const incomplete = /installed without the library.*npm rebuild @tensorflow\/tfjs-node/;
    const library = join(folder, "deps/lib/libtensorflow.so");
    expect(missingFor("20.19.0", folder)).toMatch(incomplete);
    mkdirSync(join(folder, "lib/napi-v8"), { recursive: true });
    writeFileSync(join(folder, "lib/napi-v8/tfjs_binding.node"), "");
    mkdirSync(join(folder, "deps/lib"), { recursive: true });
    expect(missingFor("20.19.0", folder)).toMatch(incomplete);
    symlinkSync(join(folder, "nowhere"), library);
    expect(missingFor("20.19.0", folder)).toMatch(incomplete);
    rmSync(library);
    writeFileSync(library, "");
    expect(missingFor("20.19.0", folder)).toBeNull();
  },
);
