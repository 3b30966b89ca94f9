/** @file Output as it arrives in pipes and on terminals. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compiled, type Compiled } from "./compiled.js";

const scripts = {
  "lines.js": `
    import { terminal } from "./cli/terminal/terminal.js";
    for (let line = 1; line <= 200000; line++) await terminal.write("line " + line + "\\n");
    terminal.note("all written");`,
  "memory.js": `
    import { terminal } from "./cli/terminal/terminal.js";
    async function* endless() { for (;;) yield "x".repeat(65536); }
    setTimeout(() => { terminal.note("megabytes " + Math.round(process.memoryUsage().rss / 1e6)); process.exit(); }, 700);
    await terminal.stream(endless());`,
  "stream.js": `
    import { terminal } from "./cli/terminal/terminal.js";
    const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));
    async function* pieces() {
      for (const word of ["one ", "two ", "three "]) yield word;
      await wait(400);
      for (let count = 0; count < 2000; count++) yield "x";
      if (process.argv[2] === "fail") throw new Error("broken off");
    }
    await terminal.stream(pieces()).catch((error) => terminal.fail(error.message));`,
  "notes.js": `
    import { terminal } from "./cli/terminal/terminal.js";
    terminal.note("a note\\nof two lines");
    terminal.warn("strange \\x1b[2J name");
    terminal.fail("no such thing");
    await terminal.write("result\\n");`,
  "columns.js": `
    Object.assign(process.stderr, { isTTY: true, columns: 0 });
    const { withSpinner } = await import("./cli/terminal/spinner.js");
    const { createBar } = await import("./cli/terminal/progressBar.js");
    const { terminal } = await import("./cli/terminal/terminal.js");
    await withSpinner("working", () => new Promise((resolve) => setTimeout(resolve, 300)));
    const bar = createBar();
    bar.show(() => ({ head: "run 1/2", fraction: 0.5, parts: [] }));
    bar.close();
    terminal.note("a note");
    await terminal.write("done\\n");`,
  "training.js": `
    import { createBar, evaluationLine, stepProgress } from "./cli/terminal/progressBar.js";
    import { terminal } from "./cli/terminal/terminal.js";
    let time = 0;
    const plain = process.argv[2] === "fast";
    const bar = createBar(plain ? () => time : undefined);
    for (let step = 1; step <= 60; step++) {
      time += 1000;
      bar.show(() => stepProgress({ step, steps: 60, epoch: 1, epochs: 2, loss: 1.5, perplexity: 4.5, unit: "tokens", unitsPerSecond: 1200, secondsLeft: 60 - step }));
      if (step === 30) bar.note(evaluationLine({ epoch: 1, epochs: 2, training: 1.6, validation: 1.7, perplexity: 5.5, best: true }, terminal.noteWidth()));
      if (step === 40) terminal.note("a note in between");
      if (!plain) await new Promise((resolve) => setTimeout(resolve, 25));
    }
    bar.close();
    await terminal.write("done\\n");`,
};

let child: Compiled;
beforeAll(async () => {
  child = await compiled(
    ["cli/terminal/progressBar.ts", "cli/terminal/spinner.ts", "cli/terminal/terminal.ts"],
    scripts,
  );
});
afterAll(() => child.remove());

const path = (script: string): string => join(child.folder, script);
const run = (script: string, ...argv: string[]) =>
  spawnSync(process.execPath, [path(script), ...argv], {
    encoding: "utf8",
    env: { ...process.env, FORCE_COLOR: undefined },
  });

test("output: a reader that closes the pipe ends the program with code 0", () => {
  for (const script of ["lines.js", "memory.js"]) {
    const command = `set -o pipefail; "$0" "$1" | head -c 20; echo; echo "code \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command, process.execPath, path(script)], { encoding: "utf8" });
    expect(stdout).toMatch(/code 0\n$/);
    expect(stderr).toBe("");
  }
});

test("output: a reader that closes the pipe of stderr does not fail the program", () => {
  const command = `"$0" "$1" 2>&1 >/dev/null | true; echo "code \${PIPESTATUS[0]}"`;
  const { stdout } = spawnSync("bash", ["-c", command, process.execPath, path("notes.js")], { encoding: "utf8" });
  expect(stdout).toBe("code 0\n");
});

test("output: a full disk is an error", ({ skip }) => {
  skip(process.platform !== "linux", "/dev/full exists on Linux only");
  const command = `"$0" "$1" > /dev/full`;
  const { stderr } = spawnSync("bash", ["-c", command, process.execPath, path("stream.js")], { encoding: "utf8" });
  expect(stderr).toMatch(/^error: could not write the output: ENOSPC/);
});

test("output: a slow reader slows the program down and memory stays bounded", () => {
  const command = `pipe="$(mktemp -u)"; mkfifo "$pipe"; exec 3<>"$pipe"; rm "$pipe"; "$0" "$1" >&3`; // nobody reads it
  const { stderr } = spawnSync("bash", ["-c", command, process.execPath, path("memory.js")], { encoding: "utf8" });
  expect(Number(/^megabytes (\d+)\n$/.exec(stderr)?.[1])).toBeLessThan(200);
});

/** The chunks that a pipe delivers, with their times in milliseconds. */
async function chunksOf(script: string, ...argv: string[]): Promise<{ text: string; time: number }[]> {
  const running = spawn(process.execPath, [path(script), ...argv], { stdio: ["ignore", "pipe", "ignore"] });
  const chunks: { text: string; time: number }[] = [];
  for await (const text of running.stdout.setEncoding("utf8"))
    chunks.push({ text: String(text), time: performance.now() });
  return chunks;
}

test("output: a stream into a pipe takes few writes, and a pause delays nothing", async () => {
  const chunks = await chunksOf("stream.js");
  expect(chunks.map(({ text }) => text).join("")).toBe(`one two three ${"x".repeat(2000)}`);
  expect(chunks.length).toBeLessThan(20);
  const third = chunks.find(({ text }) => text.includes("three"))!;
  expect(chunks.at(-1)!.time - third.time).toBeGreaterThan(200);
});

test("output: text before an error is written before the error", () => {
  const { stdout, stderr } = run("stream.js", "fail");
  expect(stdout).toHaveLength(2014);
  expect(stderr).toBe("error: broken off\n");
});

test("output: notes in a pipe have no colors or control characters", () => {
  const { stdout, stderr } = run("notes.js");
  expect(stdout).toBe("result\n");
  expect(stderr).toBe("a note\nof two lines\nwarning: strange \\x1b[2J name\nerror: no such thing\n");
});

test("progress: in a pipe, a line every ten seconds and one for each evaluation", () => {
  const { stdout, stderr } = run("training.js", "fast");
  expect(stdout).toBe("done\n");
  expect(stderr).toMatchInlineSnapshot(`
    "epoch 1/2  17%  loss 1.50  perplexity 4.5  1.2k tokens/s  0:50 left
    epoch 1/2  33%  loss 1.50  perplexity 4.5  1.2k tokens/s  0:40 left
    epoch 1/2  50%  loss 1.50  perplexity 4.5  1.2k tokens/s  0:30 left
    epoch 1  training loss 1.600  validation loss 1.700  perplexity 5.50  best
    epoch 1/2  67%  loss 1.50  perplexity 4.5  1.2k tokens/s  0:20 left
    a note in between
    epoch 1/2  83%  loss 1.50  perplexity 4.5  1.2k tokens/s  0:10 left
    epoch 1/2  100%  loss 1.50  perplexity 4.5  1.2k tokens/s  0:00 left
    "
  `);
});

test("progress: a terminal that reports 0 columns does not hang the program", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path("columns.js")], {
    encoding: "utf8",
    timeout: 20_000,
    env: { ...process.env, TERM: "xterm" },
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "done\n" });
  expect(stderr).toContain("run 1/2");
  expect(stderr).toMatch(/a note\n$/);
});

const wait = (time: number) => new Promise((resolve) => setTimeout(resolve, time));
const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

test.skipIf(!hasTmux)(
  "progress: on a terminal, one live line stays below the notes and is removed at the end",
  async () => {
    const socket = `rnn-test-${process.pid}`;
    const tmux = (...argv: string[]): string =>
      execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...argv], { encoding: "utf8" });
    const screen = () => tmux("capture-pane", "-p").trimEnd();
    const screenWith = async (text: string): Promise<string> => {
      for (let tries = 0; tries < 150 && !screen().includes(text); tries++) await wait(20);
      return screen();
    };
    try {
      tmux("new-session", "-d", "-x", "64", "-y", "12", `"${process.execPath}" "${path("training.js")}"; sleep 20`);
      expect(await screenWith("epoch 1/2")).toMatch(/^epoch 1\/2 █*░+ \d+%  loss 1.50  perplexity 4.5  0:\d\d left$/);
      const later = (await screenWith("a note")).split("\n");
      expect(later.slice(0, 2)).toEqual(["epoch 1  validation loss 1.700  perplexity 5.50  best", "a note in between"]);
      expect(later[2]).toMatch(/^epoch 1\/2 █+░+ \d+%/);
      expect(await screenWith("done")).toBe(
        ["epoch 1  validation loss 1.700  perplexity 5.50  best", "a note in between", "done"].join("\n"),
      );
    } finally {
      tmux("kill-server");
    }
  },
);
