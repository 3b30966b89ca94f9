/** @file Writes the losses and metrics of a run to an event file for TensorBoard. */
import { UserError, messageOf } from "../common/errors.js";
import { perplexity } from "../evaluation/metrics.js";
import { EventFile } from "./eventFile.js";
import type { RunEvent } from "./run.js";

type Scalars = Record<string, number | null | undefined>;

/**
 * Yields the events of a run and writes their numbers to a new file in a folder, which is created if missing.
 * A resumed run adds another file; TensorBoard shows both as one curve.
 * @throws UserError if the folder cannot be written
 */
export async function* recorded<Event extends RunEvent>(
  events: AsyncIterable<Event>,
  folder: string,
): AsyncGenerator<Event> {
  const file = openIn(folder);
  let step = 0;
  try {
    for await (const event of events) {
      if (event.type === "step" || event.type === "end") step = event.step;
      else if (event.type === "evaluation") step = event.entry.step;
      const scalars = scalarsOf(event);
      if (scalars) file.write(step, finite(scalars));
      if (event.type !== "step") file.flush();
      yield event;
    }
  } finally {
    file.close();
  }
}

function openIn(folder: string): EventFile {
  try {
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
