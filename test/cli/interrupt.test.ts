/** @file Ctrl-C while `rnn train` learns, and going on after it. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { finished, rnn, start } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, essenceOf } from "../support/models.js";
import { tale } from "../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(80) });
const place = (name: string): string => join(cwd, name);

/** Starts a run. `said` resolves when stderr has had a text. */
function train(...argv: string[]) {
  const running = start(["train", ...argv], { cwd });
  let seen = "";
  const listeners = new Set<() => void>();
  running.stderr.on("data", (chunk: Buffer) => {
    seen += String(chunk);
    for (const listener of listeners) listener();
  });
  const done = finished(running);
  const said = (text: RegExp): Promise<unknown> => {
    const found = new Promise<void>((resolve) => listeners.add(() => text.test(seen) && resolve()));
    return Promise.race([found, done]);
  };
  return { done, said, interrupt: () => running.kill("SIGINT") };
}

/** The end of the introduction: from now on it learns. */
const introduced = /^into .*\n/m;
const stopping = /^stopping after this step; again stops at once\n/m;

test("once: it saves, evaluates, says how to go on and ends with 130; going on ends as if never stopped", async () => {
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
  const { done, said, interrupt } = train(...options, "--out", "parts");
  await said(introduced);
  interrupt();
  const { code, stdout, stderr } = await done;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "parts\n" });
  expect(stderr).toMatch(stopping);
  expect(stderr).toMatch(/\nstopped at step \d+ of \d+; to go on: rnn train --resume parts\n\ntest: .*\n.*perplexity/);
  expect(documentIn(place("parts")).metrics).toHaveProperty("test");

  const rest = await rnn(["train", "--resume", "parts"], { cwd });
  expect(rest).toMatchObject({ code: 0, stdout: "parts\n" });
  expect(rest.stderr).toMatch(/into {6}parts, from step \d+\n/);
  await rnn(["train", ...options, "--out", "whole"], { cwd });
  expect(essenceOf(place("parts"))).toEqual(essenceOf(place("whole")));
});

test("twice: it stops at once, and what was saved before is whole", async () => {
  const { done, said, interrupt } = train("tale.txt", "--units", "512", "--epochs", "1000", "--out", "hasty");
  await said(introduced);
  interrupt();
  await said(stopping);
  interrupt();
  const { code, stdout } = await done;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(await rnn(["inspect", "hasty", "--json"], { cwd })).toMatchObject({ code: 0 });
});
