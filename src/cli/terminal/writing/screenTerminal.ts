/** @file The terminal of a full-screen program: keys in, lines out, and the terminal as it was at the end. */
import { writeSync } from "node:fs";
import { emitKeypressEvents } from "node:readline";
import type { Screen } from "../../../render/writingScreen.js";
import type { Key } from "./writingKeys.js";

const escape = "\u001B[";
/** The alternate screen, and pasted text between marks. */
const enter = `${escape}?1049h${escape}?2004h${escape}2J`;
const leave = `${escape}?2004l${escape}0m${escape}?25h${escape}?1049l`;

type NodeKey = { name?: string; ctrl?: boolean; meta?: boolean; shift?: boolean; sequence?: string };

export type Handlers = {
  onKey: (key: Key) => void;
  onPaste: (text: string) => void;
  onResize: () => void;
};

export class ScreenTerminal {
  private shown: string[] = [];
  private pasting: string | null = null;
  private isOpen = false;

  constructor(private readonly handlers: Handlers) {}

  /** A terminal may report 0. */
  get size(): { columns: number; rows: number } {
    return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
  }

  open(): void {
    this.isOpen = true;
    process.on("exit", this.restore);
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.on("keypress", this.takeKey);
    process.stdin.resume();
    process.stdout.on("resize", this.resized);
    process.stdout.write(enter);
  }

  close(): void {
    this.restore();
    process.off("exit", this.restore);
    process.stdin.off("keypress", this.takeKey);
    process.stdout.off("resize", this.resized);
    process.stdin.pause();
  }

  /** Writes the lines that changed. */
  draw({ lines, cursor }: Screen): void {
    if (!this.isOpen) return;
    const changed = lines.flatMap(
      (line, row) => (line === this.shown[row] ? [] : [`${escape}${row + 1};1H${escape}2K${line}`]), // after a full line, clearing would remove its last character
    );
    this.shown = [...lines];
    const place = `${escape}${cursor.row + 1};${cursor.column + 1}H`;
    process.stdout.write(`${escape}?25l${changed.join("")}${place}${escape}?25h`);
  }

  /** Synchronous, so that it works while the process ends. */
  private readonly restore = (): void => {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const step of [() => writeSync(1, leave), () => process.stdin.setRawMode(false)]) {
      try {
        step();
      } catch {
        // the terminal is gone
      }
    }
  };

  private readonly resized = (): void => {
    this.shown = [];
    process.stdout.write(`${escape}2J`);
    this.handlers.onResize();
  };

  private readonly takeKey = (text: string | undefined, key: NodeKey = {}): void => {
    if (key.name === "paste-start") this.pasting = "";
    else if (key.name === "paste-end") {
      const all = this.pasting ?? "";
      this.pasting = null;
      this.handlers.onPaste(all);
    } else if (this.pasting !== null) this.pasting += text ?? key.sequence ?? "";
    else {
      const { name, ctrl = false, meta = false, shift = false } = key;
      this.handlers.onKey({ name, text: text ?? (meta ? undefined : key.sequence), ctrl, meta, shift });
    }
  };
}
