/** @file A checkpoint records the program that saved it. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { version } from "../../src/common/version.js";
import { inspection } from "../../src/render/inspectionText.js";
import { folderWith } from "../support/folder.js";
import { trainInto } from "../support/models.js";
import { tale } from "../support/texts.js";

const folder = folderWith({ "tale.txt": tale(40) });

test("checkpoint: the document records version, backend and instruction set, and inspect shows them", async () => {
  const out = join(folder, "model");
  const [begin] = await trainInto(out, join(folder, "tale.txt"), { epochs: 1 });
  if (begin?.type !== "begin") throw new Error("a run begins with its description");
  const { name: backend, instructionSet } = begin.backend;
  const { document } = await loadCheckpoint(out, { training: false });
  expect(document.madeBy).toEqual({ version, backend, ...(instructionSet && { instructionSet }) });
  expect(inspection(out, document)).toContain(
    ["saved by    rnn " + version, backend, instructionSet].filter(Boolean).join(", "),
  );
});

test("checkpoint: a document of an earlier version, without that record, loads", async () => {
  const { document } = await loadCheckpoint("test/compatibility/2026-11/generator", { training: false });
  expect(document).not.toHaveProperty("madeBy");
  expect(inspection("old", document)).toContain("saved by    an rnn that did not record its version");
});

test("inspect: baselines of an earlier version have their current names", async () => {
  const { document } = await loadCheckpoint("test/compatibility/2026-11/classifier", { training: false });
  const text = inspection("old", document);
  expect(text).toContain("majority class accuracy");
  expect(text).not.toContain("commonest label");
});
