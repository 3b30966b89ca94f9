/** @file Experiments after a kill: they go on from their finished runs, and leave no folders behind. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rnnProcess, start } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { csvOf, opinions } from "../support/texts.js";

const cwd = folderWith({ "opinions.csv": csvOf(opinions(60)) });
const quick = ["--epochs", "2", "--embedding", "4", "--units", "4", "--threads", "1"];
const argv = ["compare", "opinions.csv", "--networks", "gru,mean", "--seeds", "2", "--json", ...quick];

/** The scores without the times. */
const scoresOf = (stdout: string): unknown =>
  JSON.parse(stdout, (key, value: unknown) => (/^(?:seconds|speed)$/.test(key) ? 0 : value));

/** Kills a comparison after its first run. */
async function killed(env: Record<string, string>): Promise<void> {
  const running = start(argv, { cwd, env });
  for await (const text of running.stderr.setEncoding("utf8")) {
    if (/^\s*gru\b.*seed 1/m.test(String(text))) break;
  }
  running.kill("SIGKILL");
}

test("compare: a killed comparison goes on with the same scores, and its folder is removed", async () => {
  const temporary = join(cwd, "temporary");
  mkdirSync(temporary);
  const env = { TMPDIR: temporary };
  const whole = await rnnProcess(argv, { cwd, env });
  expect(whole.code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
  await killed(env);
  expect(readdirSync(temporary)).toHaveLength(1);
  const resumed = await rnnProcess(argv, { cwd, env });
  expect(resumed.code).toBe(0);
  expect(scoresOf(resumed.stdout)).toEqual(scoresOf(whole.stdout));
  expect(readdirSync(temporary)).toEqual([]);
  await killed(env);
  const other = await rnnProcess([...argv, "--seed", "7"], { cwd, env });
  expect(other.code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

test.each(["compare", "tune"])("%s: a missing folder for temporary files is one line", async (name) => {
  const { code, stdout, stderr } = await rnnProcess([name, "opinions.csv"], {
    cwd,
    env: { TMPDIR: "/nowhere/at/all" },
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^rnn: could not write temporary files in \/nowhere\/at\/all: [^\n]*; set TMPDIR[^\n]*\n$/);
});
