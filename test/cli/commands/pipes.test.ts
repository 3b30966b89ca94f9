/** @file As many answers as lines: `rnn classify`, `rnn tag` and `rnn score` on input of which some cannot be read. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rnn, shell } from "../../support/bin.js";
import { conlluText, simpleSentences } from "../../support/conllu.js";
import { folderWith } from "../../support/folder.js";
import { trainInto } from "../../support/models.js";
import { opinions, tale } from "../../support/texts.js";

const quoted = (text: string): string => `"${text}"`;
const names: Record<string, string> = { praise: "very\tgood", blame: "bad\nor \\worse" };
const damaged = Buffer.concat([
  Buffer.from("the «lamp» was lovely\nthe caf"),
  Buffer.from([0xe9]),
  Buffer.from(" was warm\n\nthe lamp was\0 rude\nthe lamp was rude\n"),
]);
const cwd = folderWith({
  "labels.csv": `text,label\n${opinions(60)
    .map(({ text, label }) => `${quoted(text)},${quoted(names[label]!)}\n`)
    .join("")}`,
  "tale.txt": tale(60),
  "simple.conllu": conlluText(simpleSentences(40)),
  "damaged.txt": damaged,
  "latin.txt": Buffer.from("the lamp was warm\nthe caf\u00E9 was warm\n", "latin1"),
  "latin.csv": Buffer.from("text,label\nthe caf\u00E9 was warm,x\n", "latin1"),
});
beforeAll(async () => {
  const into = (name: string): string => join(cwd, "checkpoints", name);
  await trainInto(into("critic"), join(cwd, "labels.csv"), { epochs: 20, learningRate: 0.02 });
  await trainInto(into("teller"), join(cwd, "tale.txt"), {});
  await trainInto(into("tagger"), join(cwd, "simple.conllu"), { charUnits: 8 });
});

const count =
  "rnn: 2 lines or rows have no answer, the first at damaged.txt:2: not UTF-8: byte 0xE9 at byte 8 of the line\n";

test("classify: a line that is not text gives a line with empty columns and the reason, and exit code 1", async () => {
  const { code, stdout, stderr } = await rnn(["classify", "-c", "critic", "damaged.txt"], { cwd });
  const lines = stdout.split("\n");
  expect({ code, stderr, lines: lines.length }).toEqual({ code: 1, stderr: count, lines: 6 });
  expect(lines[1]).toBe("\t\tnot UTF-8: byte 0xE9 at byte 8 of the line");
  expect(lines[3]).toBe("\t\tnot text: NUL byte at byte 13 of the line");
  const json = await rnn(["classify", "-c", "critic", "--json"], { cwd, input: damaged });
  const objects = json.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(objects).toHaveLength(5);
  expect(objects[1]).toEqual({ error: "not UTF-8: byte 0xE9 at byte 8 of the line", line: 2 });
  expect(objects[4]).toHaveProperty("probability");
});

test("classify: tabs, line feeds and backslashes in labels are escaped, so that a line stays a line", async () => {
  const { stdout } = await rnn(["classify", "-c", "critic"], { cwd, input: "lovely warm\nrude sour\n" });
  expect(stdout).toMatch(/^very\\tgood\t[01]\.\d{4}\nbad\\nor \\\\worse\t[01]\.\d{4}\n$/);
});

test("score: a line that is not text gives empty columns and the reason; --suspects and --json mark it too", async () => {
  const score = (...argv: string[]) => rnn(["score", "-c", "teller", ...argv, "damaged.txt"], { cwd });
  const { code, stdout, stderr } = await score();
  expect({ code, stderr }).toEqual({ code: 1, stderr: count });
  expect(stdout.split("\n")[1]).toBe("\t\t\t\tnot UTF-8: byte 0xE9 at byte 8 of the line");
  expect(stdout.split("\n")).toHaveLength(6);
  const objects = (await score("--json")).stdout.trimEnd().split("\n");
  expect(JSON.parse(objects[3]!)).toEqual({ error: "not text: NUL byte at byte 13 of the line", line: 4 });
  expect(objects).toHaveLength(5);
  const suspects = await score("--suspects");
  expect(suspects.code).toBe(1);
  expect(suspects.stdout).toContain("2\t\t\t\tnot UTF-8: byte 0xE9 at byte 8 of the line\n");
  expect((await score("--suspects", "--json")).stdout.trimEnd().split("\n")).toHaveLength(5);
});

test("tag: a line that is not text gives a sentence of one row with the reason", async () => {
  const tag = (...argv: string[]) => rnn(["tag", "-c", "tagger", ...argv, "damaged.txt"], { cwd });
  const { code, stdout, stderr } = await tag();
  expect({ code, stderr }).toEqual({ code: 1, stderr: count });
  expect(stdout).toContain("\n\n\t\tnot UTF-8: byte 0xE9 at byte 8 of the line\n\n");
  expect((await tag("--json")).stdout.trimEnd().split("\n")).toHaveLength(5);
  expect((await tag("--format", "conllu")).stdout).toContain(
    "# error = not UTF-8: byte 0xE9 at byte 8 of the line\n\n",
  );
});

const limited = (bytes: number, command: string) =>
  shell(
    `( head -c ${bytes} /dev/zero | tr '\\0' a; printf '\\nthe lamp was warm\\n' ) | NODE_OPTIONS=--max-old-space-size=200 rnn ${command}`,
    { cwd },
  );

test.each(["classify -c critic", "score -c teller", "score -c teller --suspects --json", "tag -c tagger --json"])(
  "%s: a line of 2 MB takes bounded memory and gives one answer",
  async (command) => {
    const { code, stdout, stderr } = await limited(2_000_000, command);
    expect(stdout.split("\n"), stderr).toHaveLength(3);
    expect(code, stderr).toBe(0);
  },
);

test.each(["score -c teller", "score -c teller --suspects --json", "tag -c tagger --json"])(
  "%s: a line of more than 64 MiB gives a marked answer, and the next lines have theirs",
  async (command) => {
    const { code, stdout, stderr } = await limited(70_000_000, command);
    expect(stdout.split("\n")[0]).toContain("longer than 64 MiB; split the line");
    expect(stdout.split("\n"), stderr).toHaveLength(3);
    expect(code).toBe(1);
  },
);

test.each([
  ["classify", "critic", "latin.txt"],
  ["classify", "critic", "latin.csv"],
  ["score", "teller", "latin.txt"],
  ["tag", "tagger", "latin.txt"],
])("%s -c %s: an encoding that is detected in %s is noted", async (command, checkpoint, file) => {
  const { code, stderr } = await rnn([command, "-c", checkpoint, file], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: `${file} is read as windows-1252; --encoding overrides it\n` });
});
