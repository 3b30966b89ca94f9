/** @file Writes the losses and metrics of a run to an event file for TensorBoard. */
import { UserError, messageOf } from "../common/errors.js";
import { makeFolders } from "../common/makeFolders.js";
import { warnOnce } from "../common/warnings.js";
import { perplexity } from "../evaluation/metrics.js";
import { EventFile } from "./eventFile.js";
import type { RunEvent } from "./run.js";

type Scalars = Record<string, number | null | undefined>;

/**
 * Yields the events of a run and writes their numbers to a new file in a folder, which is created if missing.
 * A resumed run adds another file; TensorBoard shows both as one curve. If a write fails during the run, as on a full disk, a warning says so and the
 * run goes on without the file.
 * @throws UserError before the run begins if the folder cannot be written
 */
export async function* recorded<Event extends RunEvent>(
  events: AsyncIterable<Event>,
  folder: string,
): AsyncGenerator<Event> {
  let file: EventFile | null = await openIn(folder);
  let step = 0;
  const attempt = (write: (open: EventFile) => void): void => {
    if (file === null) return;
    try {
      write(file);
    } catch (error) {
      closeQuietly(file);
      file = null;
      warnOnce(`could not write to --tensorboard ${folder}: ${messageOf(error)}; its curves end at step ${step}`);
    }
  };
  try {
    for await (const event of events) {
      if (event.type === "step" || event.type === "end") step = event.step;
      else if (event.type === "evaluation") step = event.entry.step;
      const scalars = scalarsOf(event);
      if (scalars) attempt((open) => open.write(step, finite(scalars)));
      if (event.type !== "step") attempt((open) => open.flush());
      yield event;
    }
  } finally {
    attempt((open) => open.flush());
    attempt(closeQuietly);
  }
}

/** An error of closing would be that of a write before it. */
function closeQuietly(file: EventFile): void {
  try {
    file.close();
  } catch {
    // the system has freed the file
  }
}

async function openIn(folder: string): Promise<EventFile> {
  try {
    await makeFolders(folder);
    return new EventFile(folder);
  } catch (error) {
    throw new UserError(`could not write to --tensorboard ${folder}: ${messageOf(error)}; name another folder`);
  }
}

function scalarsOf(event: RunEvent): Scalars | null {
  if (event.type === "step") return { "loss/step": event.loss };
  if (event.type === "evaluation") {
    const { training, validation, accuracy } = event.entry;
    return { "loss/training": training, "loss/validation": validation, "accuracy/validation": accuracy };
  }
  if (event.type !== "result" || event.result === null) return null;
  const { part, loss, accuracy, perplexity: exact } = event.result;
  return { [`loss/${part}`]: loss, [`accuracy/${part}`]: accuracy, [`perplexity/${part}`]: exact && perplexity(loss) };
}

const finite = (scalars: Scalars): [tag: string, value: number][] =>
  Object.entries(scalars).flatMap(([tag, value]) =>
    typeof value === "number" && Number.isFinite(value) ? [[tag, value] as [string, number]] : [],
  );
