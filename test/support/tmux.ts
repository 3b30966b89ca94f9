/** @file A program on a real terminal, by tmux: keys in, the screen out. */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";

export const hasTmux = process.platform !== "win32" && spawnSync("tmux", ["-V"]).status === 0;

/** A shell on a terminal of its own, which ends with its test. */
export class TmuxTerminal {
  private readonly socket = `rnn-test-${randomUUID().slice(0, 8)}`;

  constructor({ cwd, columns = 80, rows = 24 }: { cwd: string; columns?: number; rows?: number }) {
    const size = ["-x", String(columns), "-y", String(rows)];
    this.tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", cwd, "env PS1='ready> ' sh");
    onTestFinished(() => this.close());
  }

  /** Presses keys by tmux's names, as in `Enter` and `M-1`. */
  press(...keys: string[]): void {
    this.tmux("send-keys", ...keys);
  }

  /** Types a text. */
  type(text: string): void {
    this.tmux("send-keys", "-l", text);
  }

  resize(columns: number, rows: number): void {
    this.tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** The lines of the screen, without spaces at their ends. */
  screen(): string {
    return this.tmux("capture-pane", "-p");
  }

  /** Waits until the screen shows a pattern. @throws with the screen if it does not in time */
  async shows(pattern: RegExp, seconds = 60): Promise<string> {
    for (let waited = 0; waited < 1000 * seconds; waited += pollMs) {
      const screen = this.screen();
      if (pattern.test(screen)) return screen;
      await setTimeout(pollMs);
    }
    throw new Error(`the screen does not show ${pattern}:\n${this.screen()}`);
  }

  /** Closes the terminal, as a person closes a window. */
  close(): void {
    this.tmux("kill-server");
  }

  private tmux(...words: string[]): string {
    return spawnSync("tmux", ["-L", this.socket, ...words], { encoding: "utf8" }).stdout;
  }
}

const pollMs = 50;
