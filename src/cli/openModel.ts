/** @file Opens the model of a command, and notes which checkpoint was chosen if the user named none. */
import { relative } from "node:path";
import { findCheckpoint, type FoundCheckpoint } from "../checkpoint/checkpoint.js";
import type { Task } from "../common/names.js";
import type { Engine, ModelOf } from "../model/model.js";
import { terminal } from "./terminal/terminal.js";

const reasons = { newest: "the newest of ./checkpoints", bundled: "bundled with rnn" };

/**
 * @param checkpoint a name or a folder; undefined for the newest that has the task
 * @throws UserError if there is none, if it is damaged, or if it has another task
 */
export async function chooseCheckpoint(
  checkpoint: string | undefined,
  task: Task | readonly Task[],
): Promise<FoundCheckpoint> {
  const found = await findCheckpoint(checkpoint, task);
  for (const note of found.notes) terminal.warn(note);
  if (found.chosen !== "given") terminal.note(`checkpoint: ${relative("", found.folder)}, ${reasons[found.chosen]}`);
  return found;
}

/** The model of the checkpoint that `chooseCheckpoint` returns. */
export async function openModel<Kind extends Task>(
  checkpoint: string | undefined,
  task: Kind | readonly Kind[],
  engine: Engine,
): Promise<ModelOf<Kind>> {
  const found = await chooseCheckpoint(checkpoint, task);
  const { modelIn } = await import("../model/model.js"); // the engine
  return modelIn(found, task, engine);
}
