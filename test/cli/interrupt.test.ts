/** @file Ctrl-C while `rnn train` learns, and going on after it. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { finished, rnn, start } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, essenceOf } from "../support/models.js";
import { tale } from "../support/texts.js";

const cwd = folderWith({ "tale.txt": tale(80) });
const place = (name: string): string => join(cwd, name);

/** Starts a run and waits until it learns: the introduction ends with the folder that it writes into. */
async function learning(...argv: string[]) {
  const running = start(["train", ...argv], { cwd });
  const begun = new Promise<void>((resolve) => {
    let seen = "";
    running.stderr.on("data", (chunk: Buffer) => {
      seen += String(chunk);
      if (/^into .*\n/m.test(seen)) resolve();
    });
  });
  const done = finished(running);
  await Promise.race([begun, done]);
  return { running, done };
}

const options = ["tale.txt", "--units", "64", "--batch", "2", "--steps", "16"];

test("once: it saves, evaluates, says how to go on and ends with 130; going on ends as if never stopped", async () => {
  const [whole, { running, done }] = await Promise.all([
    rnn(["train", ...options, "--epochs", "40", "--out", "whole"], { cwd }),
    learning(...options, "--epochs", "40", "--out", "parts"),
  ]);
  expect(whole.code).toBe(0);
  running.kill("SIGINT");
  const { code, stdout, stderr } = await done;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "parts\n" });
  expect(stderr).toMatch(/\nstopping after this step; again stops at once\n/);
  expect(stderr).toMatch(/\nstopped at step \d+ of \d+; to go on: rnn train --resume parts\n\ntest: .*\n.*perplexity/);
  expect(documentIn(place("parts")).metrics).toHaveProperty("test");

  const rest = await rnn(["train", "--resume", "parts"], { cwd });
  expect(rest).toMatchObject({ code: 0, stdout: "parts\n" });
  expect(rest.stderr).toMatch(/into {6}parts, from step \d+\n/);
  expect(essenceOf(place("parts"))).toEqual(essenceOf(place("whole")));
});

test("twice: it stops at once, and what was saved before is whole", async () => {
  const { running, done } = await learning("tale.txt", "--units", "1024", "--epochs", "1000", "--out", "hasty");
  running.kill("SIGINT");
  running.stderr.once("data", () => running.kill("SIGINT"));
  const { code, stdout } = await done;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(await rnn(["inspect", "hasty", "--json"], { cwd })).toMatchObject({ code: 0 });
});
