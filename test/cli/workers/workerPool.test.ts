/** @file `--workers`: several processes give the same bytes as one, and end with their parent. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { finished, rnnProcess, shell, start } from "../../support/bin.js";
import { conlluText, simpleSentences } from "../../support/conllu.js";
import { folderWith } from "../../support/folder.js";
import { trainInto } from "../../support/models.js";
import { csvOf, opinions, tale } from "../../support/texts.js";

const sentences = opinions(700).map(({ text }) => text);
const longest = "the fox and the hare ".repeat(900); // answered by the parent of score
const lines = [...sentences.slice(0, 300), "", "caf\u00e9 \u{1F98A}", longest, ...sentences.slice(300)];
const cwd = folderWith({
  "opinions.csv": csvOf(opinions(300)),
  "tale.txt": tale(60),
  "simple.conllu": conlluText(simpleSentences(40)),
  "lines.txt": Buffer.concat([Buffer.from(lines.join("\n")), Buffer.from("\nnul\0\nend\n")]),
  "typos.txt": "the fox took the lmap and walked home.\nthe owl\n".repeat(5),
  "few.txt": [...sentences.slice(0, 20), "th\0e lamp", longest, ...sentences.slice(20, 40)].join("\n"),
});
beforeAll(async () => {
  const into = (name: string): string => join(cwd, "checkpoints", name);
  await trainInto(into("critic"), join(cwd, "opinions.csv"), { epochs: 4, learningRate: 0.02 });
  await trainInto(into("teller"), join(cwd, "tale.txt"), {});
  await trainInto(into("tagger"), join(cwd, "simple.conllu"), { charUnits: 8 });
});

test.each([
  ["classify -c critic --top 2 lines.txt", 1],
  ["classify -c critic --format csv opinions.csv", 0],
  ["classify -c critic --json - lines.txt nowhere.txt", 1],
  ["score -c teller --json few.txt", 1],
  ["score -c teller --suspects --threshold 0 --json typos.txt", 0],
  ["tag -c tagger few.txt", 1],
])("workers: %s gives the same bytes and exit code with any number of them", async (line, code) => {
  const run = (workers: number) =>
    rnnProcess([...line.split(" "), "--workers", String(workers)], { cwd, input: "one line\nanother" });
  const alone = await run(1);
  expect(alone.code).toBe(code);
  expect(alone.stdout).not.toBe("");
  for (const workers of [2, 3]) expect(await run(workers)).toEqual(alone);
});

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
const isLinux = existsSync("/proc/self/task");
const untilGone = async (pids: readonly number[]): Promise<void> => {
  while (pids.some((pid) => existsSync(`/proc/${pid}`))) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** A running command that has answered its first line, and its workers. */
async function running(argv: readonly string[]) {
  const process = start(argv, { cwd });
  const done = finished(process);
  process.stdin.on("error", () => undefined);
  process.stdin.write("the lamp was lovely\n");
  await new Promise<void>((resolve) => process.stdout.once("data", () => resolve()));
  return { process, done, workers: childrenOf(process.pid!) };
}

test.skipIf(!isLinux)(
  "workers: a line gets its answer while the pipe is open; a worker that is killed is an error in one line",
  async () => {
    const { process, done, workers } = await running(["classify", "-c", "critic", "--workers", "2"]);
    expect(workers).toHaveLength(2);
    for (const pid of workers) globalThis.process.kill(pid, "SIGKILL");
    process.stdin.write("the lamp was rude\n");
    const { code, stderr } = await done;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "rnn: a worker process ended with SIGKILL; try fewer --workers\n",
    });
  },
);

test.skipIf(!isLinux).each(["SIGINT", "SIGKILL"] as const)(
  "workers: they end with their parent, by %s",
  async (signal) => {
    const { process, done, workers } = await running(["classify", "-c", "critic", "--workers", "2"]);
    process.kill(signal);
    await done;
    await untilGone(workers);
  },
);

test("workers: a reader that has enough ends the command without an error", async () => {
  const { code, stdout, stderr } = await shell(
    "yes lovely | rnn classify -c critic --workers 2 | head -n 3; echo ${PIPESTATUS[1]}",
    { cwd },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^(\w+\t[01]\.\d{4}\n){3}0\n$/);
});
