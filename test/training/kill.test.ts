/** @file A run that is killed at any moment and resumed. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { randomStream } from "../../src/common/random.js";
import { resume } from "../../src/training/run.js";
import { folderWith } from "../support/folder.js";
import { documentIn, comparableContent, eventsOf, neverStopped, small, trainInto } from "../support/models.js";
import { tale } from "../support/texts.js";

const given = { ...small, epochs: 6, dropout: 0.2 };
const script = `
  import { resume, train } from ${JSON.stringify(pathToFileURL("dist/training/run.js").href)};
  const [how, corpus, out] = process.argv.slice(2);
  const options = { backend: "auto", stop: new AbortController().signal, saveEvery: 0.002 };
  const run = how === "train"
    ? train(corpus, { ...options, out, given: ${JSON.stringify(given)} })
    : resume(out, { ...options, given: {} });
  for await (const { type, step } of run) if (type === "step") process.stdout.write("step " + step + "\\n");
`;
const folder = folderWith({ "tale.txt": tale(80), "run.mjs": script });
const pathOf = (name: string): string => join(folder, name);

/** Kills a run shortly after some steps. @returns the signal that ended it, null if it finished before */
function killed(how: "train" | "resume", out: string, steps: number, milliseconds: number): Promise<string | null> {
  const running = spawn(process.execPath, [pathOf("run.mjs"), how, pathOf("tale.txt"), out], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let seen = 0;
  running.stdout.on("data", (chunk: Buffer) => {
    const before = seen;
    seen += String(chunk).split("\n").length - 1;
    if (before < steps && seen >= steps) setTimeout(() => running.kill("SIGKILL"), milliseconds);
  });
  return new Promise((resolve) => running.on("exit", (_code, signal) => resolve(signal)));
}

test("resume: a run that was killed repeatedly ends with the bits of one that was not", async () => {
  await trainInto(pathOf("whole"), pathOf("tale.txt"), given);
  const { step } = documentIn(pathOf("whole")).progress as { step: number };
  const random = randomStream(Date.now(), "moments");
  const moments = Array.from({ length: 3 }, () => ({ steps: Math.ceil((random() * step) / 4), wait: random() * 8 }));

  const signals: (string | null)[] = [];
  for (const [index, { steps, wait }] of moments.entries())
    signals.push(await killed(index === 0 ? "train" : "resume", pathOf("parts"), steps, wait));
  expect(signals, JSON.stringify(moments)).toContain("SIGKILL");
  if (signals.at(-1) === "SIGKILL")
    await eventsOf(resume(pathOf("parts"), { backend: "auto", stop: neverStopped(), given: {} }));

  expect(comparableContent(pathOf("parts")), JSON.stringify(moments)).toEqual(comparableContent(pathOf("whole")));
});
