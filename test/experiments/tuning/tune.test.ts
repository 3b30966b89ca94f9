/** @file `tune`: the settings that it tries, and the command that it prints. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { randomStream } from "../../../src/common/random.js";
import { drawSettings, trainCommand } from "../../../src/experiments/tuning/searchSpace.js";
import { rnn, shell } from "../../support/bin.js";
import { folderWith } from "../../support/folder.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const cwd = folderWith({ "opinions of mine.csv": csvOf(opinions(200)), "tale.txt": tale(80) });

test("tune: settings are distinct, depend on the seed only, and leave given options out", () => {
  const some = (seed: number, fixed: string[] = []) =>
    drawSettings(12, new Set(fixed), "tokens", randomStream(seed, "tune"));
  expect(new Set(some(1).map((setting) => JSON.stringify(setting))).size).toBe(12);
  expect(some(1)).toEqual(some(1));
  expect(some(2)).not.toEqual(some(1));
  for (const setting of some(1, ["units"]))
    expect(Object.keys(setting)).toEqual(["embedding", "dropout", "learning-rate"]);
  for (const setting of drawSettings(4, new Set(), "numbers", randomStream(1, "tune")))
    expect(setting).not.toHaveProperty("embedding");
  const all = ["units", "embedding", "dropout", "learning-rate"];
  expect(some(1, all)).toEqual([{}]);
});

test("tune: the command is quoted for a shell", () => {
  expect(trainCommand("it's here.txt", { cell: "gru", tieWeights: true }, { dropout: "0.2" }, 29.6)).toBe(
    String.raw`rnn train 'it'\''s here.txt' --cell gru --tie-weights --dropout 0.2 --for 30s`,
  );
});

// Course row 3.15: docs/guide/README.md#course-rows
test("tune: sizes and embeddings are tried, and the command of the best setting trains", async () => {
  const line = ["tune", "opinions of mine.csv", "--for", "4s", "--tries", "4", "--batch", "8"];
  const { code, stdout, stderr } = await rnn(line, { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^rnn train 'opinions of mine.csv' --batch-size 8 .*--for 1s\n$/);
  expect(stderr.match(/^[\d.]+ s: validation accuracy /gm)!.length).toBeGreaterThanOrEqual(4 + 2 + 1);
  expect(stderr).toMatch(/^4 settings for 0\.3 s each, then 2 for 0\.7 s each, then 2 for 0\.7 s each\n/);
  expect(stderr).toMatch(
    /\n *training +validation +validation +learning\n +time +accuracy +loss +units +embedding +dropout +rate\n/,
  );
  const trained = await shell(`${stdout.trim()} -o found`, { cwd });
  expect(trained).toMatchObject({ code: 0, stdout: "found\n" });
  expect(existsSync(join(cwd, "found/checkpoint.json"))).toBe(true);
});

test("tune: a generator is tuned by perplexity; --json has every try", async () => {
  const { code, stdout, stderr } = await rnn(["tune", "tale.txt", "--for", "2s", "--tries", "2", "--json"], { cwd });
  expect(code).toBe(0);
  expect(stderr).toContain("validation perplexity");
  const { command, tries, winner } = JSON.parse(stdout) as { command: string; tries: unknown[]; winner: unknown };
  expect(command).toMatch(/^rnn train tale\.txt /);
  expect(tries).toContainEqual(winner);
});

test.each([
  [["tune"], "no corpus was given"],
  [["tune", "tale.txt", "--epochs", "3"], "--epochs has no effect with"],
  [["tune", "-"], "could not tune on standard input"],
  [["tune", "tale.txt", "--validation", "0", "--for", "2s"], "use --validation with a fraction above 0"],
])("tune: rnn %j is a usage error", async (line, reason) => {
  const { code, stdout, stderr } = await rnn(line, { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(reason);
});
