/** @file A search for options: what it tries, and that the command which it prints trains. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { randomStream } from "../../../src/common/random.js";
import { trainCommand } from "../../../src/experiments/tuning/trainCommandLine.js";
import { someSettings } from "../../../src/experiments/tuning/searchSpace.js";
import { rnn, shell } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({ "opinions of mine.csv": csvOf(opinions(200)), "tale.txt": tale(80) });

test("settings differ from each other, are the same for a seed, and leave alone what is given", () => {
  const some = (seed: number, fixed: string[] = []) =>
    someSettings(12, new Set(fixed), "tokens", randomStream(seed, "tune"));
  expect(new Set(some(1).map((setting) => JSON.stringify(setting))).size).toBe(12);
  expect(some(1)).toEqual(some(1));
  expect(some(2)).not.toEqual(some(1));
  for (const setting of some(1, ["units"]))
    expect(Object.keys(setting)).toEqual(["embedding", "dropout", "learning-rate"]);
  for (const setting of someSettings(4, new Set(), "numbers", randomStream(1, "tune")))
    expect(setting).not.toHaveProperty("embedding");
  const all = ["units", "embedding", "dropout", "learning-rate"];
  expect(some(1, all)).toEqual([{}]);
});

test("a command is quoted as a shell needs it", () => {
  expect(trainCommand("it's here.txt", { cell: "gru", tieWeights: true }, { dropout: "0.2" }, 29.6)).toBe(
    String.raw`rnn train 'it'\''s here.txt' --cell gru --tie-weights --dropout 0.2 --for 30s`,
  );
});

test(
  "lesson 3.15: sizes and embeddings are tried against each other, and the command of the best one trains",
  { timeout: 60_000 },
  async () => {
    const line = ["tune", "opinions of mine.csv", "--for", "4s", "--tries", "4", "--batch", "8"];
    const { code, stdout, stderr } = await rnn(line, { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rnn train 'opinions of mine.csv' --batch-size 8 .*--for 1s\n$/);
    expect(stderr.match(/^[\d.]+ s each: validation accuracy /gm)!.length).toBeGreaterThanOrEqual(4 + 2 + 1);
    expect(stderr).toContain("the defaults");
    expect(stderr).toMatch(/trained for +validation +loss +setting\n/);
    const trained = await shell(`${stdout.trim()} -o found`, { cwd });
    expect(trained).toMatchObject({ code: 0, stdout: "found\n" });
    expect(existsSync(join(cwd, "found/checkpoint.json"))).toBe(true);
  },
);

test("a generator is tuned by perplexity; --json has every try", async () => {
  const { code, stdout, stderr } = await rnn(["tune", "tale.txt", "--for", "2s", "--tries", "2", "--json"], { cwd });
  expect(code).toBe(0);
  expect(stderr).toContain("validation perplexity");
  const { command, tries, winner } = JSON.parse(stdout) as { command: string; tries: unknown[]; winner: unknown };
  expect(command).toMatch(/^rnn train tale\.txt /);
  expect(tries).toContainEqual(winner);
});

test.each([
  [["tune"], "name the text to try on"],
  [["tune", "tale.txt", "--epochs", "3"], "--epochs is of no use here"],
  [["tune", "-"], "give a file instead of standard input"],
  [["tune", "tale.txt", "--validation", "0", "--for", "2s"], "give --validation a share above 0"],
])("rnn %j cannot be done, which one line says", async (line, reason) => {
  const { code, stdout, stderr } = await rnn(line, { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(reason);
});
