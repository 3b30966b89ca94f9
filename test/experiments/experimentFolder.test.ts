/** @file Experiments after a kill: they go on from their finished runs, and leave no folders behind. */
import { mkdirSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { once } from "node:events";
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

/** Kills an experiment after a line of its first run. */
async function killedAfter(line: RegExp, given: readonly string[], env: Record<string, string>): Promise<void> {
  const running = start(given, { cwd, env });
  for await (const text of running.stderr.setEncoding("utf8")) if (line.test(String(text))) break;
  running.kill("SIGKILL");
  await once(running, "close");
}

test("compare: a killed comparison goes on with the same scores, and its folder is removed", async () => {
  const temporary = join(cwd, "temporary");
  mkdirSync(temporary);
  const env = { TMPDIR: temporary };
  const whole = await rnnProcess(argv, { cwd, env });
  expect(whole.code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
  await killedAfter(/^\s*gru\b.*seed 1/m, argv, env);
  expect(readdirSync(temporary)).toHaveLength(1);
  const resumed = await rnnProcess(argv, { cwd, env });
  expect(resumed.code).toBe(0);
  expect(scoresOf(resumed.stdout)).toEqual(scoresOf(whole.stdout));
  expect(readdirSync(temporary)).toEqual([]);
  await killedAfter(/^\s*gru\b.*seed 1/m, argv, env);
  const other = await rnnProcess([...argv, "--seed", "7"], { cwd, env });
  expect(other.code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

test("tune: a killed search goes on with its finished tries, and its folder is removed", async () => {
  const temporary = join(cwd, "of-tune");
  mkdirSync(temporary);
  const env = { TMPDIR: temporary };
  const search = ["tune", "opinions.csv", "--for", "3s", "--tries", "3", "--threads", "1", "--json"];
  const afterOneTry = /^[\d.]+ s: validation/m;
  await killedAfter(afterOneTry, search, env);
  const [folder] = readdirSync(temporary);
  const first = JSON.parse(readFileSync(join(temporary, folder!, "0-0.json"), "utf8")) as { best: unknown };
  const resumed = await rnnProcess(search, { cwd, env });
  expect(resumed.code).toBe(0);
  const { tries } = JSON.parse(resumed.stdout) as { tries: { rung: number; setting: object; best: unknown }[] };
  const defaults = tries.find(({ rung, setting }) => rung === 0 && Object.keys(setting).length === 0);
  expect(defaults?.best).toEqual(first.best);
  expect(tries.filter(({ rung }) => rung === 0)).toHaveLength(3);
  expect(readdirSync(temporary)).toEqual([]);

  await killedAfter(afterOneTry, search, env);
  expect(readdirSync(temporary)).toHaveLength(1);
  expect((await rnnProcess(argv, { cwd, env })).code).toBe(0); // the next start of either cleans
  expect(readdirSync(temporary)).toEqual([]);
});

test("experiments: a run whose record is damaged is trained again", async () => {
  const temporary = join(cwd, "damaged");
  mkdirSync(temporary);
  const env = { TMPDIR: temporary };
  await killedAfter(/^\s*gru\b.*seed 1/m, argv, env);
  const [folder] = readdirSync(temporary);
  const records = readdirSync(join(temporary, folder!)).filter((name) => name.endsWith(".json"));
  for (const name of records) truncateSync(join(temporary, folder!, name), 5);
  const { code, stderr } = await rnnProcess(argv, { cwd, env });
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("this is a bug") });
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
