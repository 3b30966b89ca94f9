/** @file Ctrl-C during `rnn train`, and resuming after it. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { finished, rnn, start } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, comparableContent } from "../support/models.js";
import { tale } from "../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(80) });
const pathOf = (name: string): string => join(cwd, name);

/** Starts a run. `printed` resolves when stderr contains a text. */
function train(...argv: string[]) {
  const running = start(["train", ...argv], { cwd });
  let seen = "";
  const listeners = new Set<() => void>();
  running.stderr.on("data", (chunk: Buffer) => {
    seen += String(chunk);
    for (const listener of listeners) listener();
  });
  const done = finished(running);
  const printed = (text: RegExp): Promise<unknown> => {
    const found = new Promise<void>((resolve) => listeners.add(() => text.test(seen) && resolve()));
    return Promise.race([found, done]);
  };
  return { done, printed, interrupt: () => running.kill("SIGINT") };
}

/** The last setting that is printed before the first training step. */
const begun = /^output .*\n/m;
const stopping = /^stopping after this training step; press Ctrl-C again to stop at once\n/m;

test("interrupt: one Ctrl-C saves, evaluates and exits with 130; the resumed run ends with the bits of an uninterrupted one", async () => {
  const options = [
    "tale.txt",
    "--units",
    "32",
    "--embedding",
    "8",
    "--batch-size",
    "4",
    "--sequence-length",
    "16",
    "--epochs",
    "40",
  ];
  const { done, printed, interrupt } = train(...options, "--out", "parts");
  await printed(begun);
  interrupt();
  const { code, stdout, stderr } = await done;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "parts\n" });
  expect(stderr).toMatch(stopping);
  expect(stderr).toMatch(
    /\nstopped at step \d+ of \d+; to resume: rnn train --resume parts\n(?:.*\n)+test part, .*\n.*perplexity/,
  );
  expect(documentIn(pathOf("parts")).metrics).toHaveProperty("test");

  const rest = await rnn(["train", "--resume", "parts"], { cwd });
  expect(rest).toMatchObject({ code: 0, stdout: "parts\n" });
  expect(rest.stderr).toMatch(/output {5}parts, resumed at step \d+\n/);
  await rnn(["train", ...options, "--out", "whole"], { cwd });
  expect(comparableContent(pathOf("parts"))).toEqual(comparableContent(pathOf("whole")));
});

test("interrupt: a second Ctrl-C stops at once, and the checkpoint saved before is intact", async () => {
  const { done, printed, interrupt } = train("tale.txt", "--units", "512", "--epochs", "1000", "--out", "hasty");
  await printed(begun);
  interrupt();
  await printed(stopping);
  interrupt();
  const { code, stdout } = await done;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(await rnn(["inspect", "hasty", "--json"], { cwd })).toMatchObject({ code: 0 });
});
