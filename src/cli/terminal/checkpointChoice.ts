/** @file Says which checkpoint a command took where nobody named one. */
import { relative } from "node:path";
import type { FoundCheckpoint } from "../../checkpoint/checkpoint.js";
import { terminal } from "./terminal.js";

const reasons = { newest: "the newest of ./checkpoints", bundled: "bundled with rnn" };

export function tellChoice({ folder, chosen, notes }: FoundCheckpoint): void {
  for (const note of notes) terminal.warn(note);
  if (chosen !== "given") terminal.note(`checkpoint: ${relative("", folder)}, ${reasons[chosen]}`);
}
