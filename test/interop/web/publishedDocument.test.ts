/** @file The checkpoint document in an exported page. */
import { expect, test } from "vitest";
import { readDocument } from "../../../src/checkpoint/checkpoint.js";
import { publishedDocument } from "../../../src/interop/web/webExporter.js";
import { packageFolder } from "../../../src/common/packageFolder.js";

test("export: a page contains no folder names and no training history", async () => {
  const document = await readDocument(`${packageFolder}/checkpoints/critic`);
  const shared = publishedDocument({
    ...document,
    options: {
      ...document.options,
      validation: "hidden-folder/dev.csv",
      "labels-file": "hidden-folder/own.idx",
      "test-labels": "hidden-folder/labels.idx",
      cell: "lstm",
    },
    corpus: { ...document.corpus, name: "hidden-folder/mail.csv", options: { labels: "hidden-folder/mail.idx" } },
    imported: { file: "hidden-folder/net.safetensors", format: "pytorch", sha256: "0".repeat(64) },
  });
  expect(JSON.stringify(shared)).not.toContain("hidden-folder");
  expect(shared.corpus.name).toBe("mail.csv");
  expect(shared.imported?.file).toBe("net.safetensors");
  expect(shared.options["cell"]).toBe("lstm");
  expect(shared.history).toEqual([]);
});
