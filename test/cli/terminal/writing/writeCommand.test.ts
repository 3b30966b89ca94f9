/** @file `rnn write` on a real terminal. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bin, rnn } from "../../../support/bin.js";
import { folderWith } from "../../../support/folder.js";
import { hasTmux, TmuxTerminal } from "../../../support/tmux.js";

const cwd = folderWith({ "tale.txt": "There was a fox." });
const line = (words: string): string =>
  `NO_COLOR=1 sh -c 'echo $$ > pid; exec "${process.execPath}" "${bin}" write ${words} -c storyteller'; echo "code $?"; stty -a | grep -ow -- "-*icanon"`;

test("write: without a terminal it is an error of one line", async () => {
  const { code, stdout, stderr } = await rnn(["write"], { cwd });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe("rnn: write needs a terminal for keys and a screen; without one, use rnn generate\n");
});

test.skipIf(!hasTmux)(
  "write: types, takes a continuation, undoes, resizes and saves",
  async () => {
    const tmux = new TmuxTerminal({ cwd });
    tmux.type(line("new.txt"));
    tmux.press("Enter");
    await tmux.shows(/new\.txt is a new file/);
    tmux.type("Once upon a time there was a fo");
    await tmux.shows(/1 x \d+%/);
    tmux.press("M-1");
    await tmux.shows(/was a fox\s/);
    tmux.press("C-z");
    await tmux.shows(/was a fo\s/);
    tmux.press("C-y", "Tab", "1"); // what is offered after the fox
    await tmux.shows(/was a fox\S* ?\S/);
    tmux.resize(30, 10);
    await tmux.shows(/Once upon a time there was a\nfox/);
    tmux.press("C-s");
    await tmux.shows(/saved new\.txt/);
    tmux.press("C-q");
    const after = await tmux.shows(/code 0\s+-?icanon/);
    expect(after).not.toMatch(/Once upon a time/); // the alternate screen is left
    expect(after).toMatch(/(^|\s)icanon/m);
    const text = readFileSync(join(cwd, "new.txt"), "utf8");
    expect(text).toMatch(/^Once upon a time there was a fox.+$/);
    const parts = readFileSync(join(cwd, "new.txt.transcript.jsonl"), "utf8").trim().split("\n");
    expect(parts.map((part) => JSON.parse(part) as unknown)).toEqual([
      { author: "person", text: "Once upon a time there was a fo" },
      { author: "model", text: text.slice("Once upon a time there was a fo".length) },
    ]);
  },
  120_000,
);

test.skipIf(!hasTmux)(
  "write: a signal restores the terminal and rescues the text",
  async () => {
    const tmux = new TmuxTerminal({ cwd });
    tmux.type(line("tale.txt"));
    tmux.press("Enter");
    await tmux.shows(/There was a fox\./);
    tmux.type(" It ran.");
    await tmux.shows(/fox\. It ran\./);
    process.kill(Number(readFileSync(join(cwd, "pid"), "utf8")), "SIGTERM");
    const after = await tmux.shows(/code 143\s+-?icanon/);
    expect(after).toContain("the unsaved text is in tale.txt.recovered-1.txt");
    expect(after).toMatch(/(^|\s)icanon/m);
    expect(readFileSync(join(cwd, "tale.txt"), "utf8")).toBe("There was a fox.");
    expect(readFileSync(join(cwd, "tale.txt.recovered-1.txt"), "utf8")).toBe("There was a fox. It ran.");
    expect(existsSync(join(cwd, "tale.txt.transcript.jsonl"))).toBe(false);
  },
  120_000,
);

test.skipIf(!hasTmux)(
  "write: a terminal that is closed rescues the text",
  async () => {
    const tmux = new TmuxTerminal({ cwd });
    tmux.type(line("closed.txt"));
    tmux.press("Enter");
    await tmux.shows(/closed\.txt is a new file/);
    tmux.type("It ran.");
    await tmux.shows(/It ran\./);
    tmux.close();
    const rescued = join(cwd, "closed.txt.recovered-1.txt");
    await expect.poll(() => existsSync(rescued) && readFileSync(rescued, "utf8"), { timeout: 30_000 }).toBe("It ran.");
  },
  120_000,
);

test.skipIf(!hasTmux)(
  "write: Ctrl-C asks when there is unsaved text",
  async () => {
    const tmux = new TmuxTerminal({ cwd });
    tmux.type(line(""));
    tmux.press("Enter");
    await tmux.shows(/new text/);
    tmux.type("A hat");
    await tmux.shows(/A hat/);
    tmux.press("C-c");
    await tmux.shows(/save the text\?/);
    tmux.press("n");
    await tmux.shows(/code 0/);
  },
  120_000,
);
