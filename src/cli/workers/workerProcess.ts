/** @file A worker process: it reads batches from its parent and sends answers back, until the parent ends or closes it. */
import { messageOf, UserError } from "../../common/errors.js";
import { answering, type JobOrder } from "./workerJobs.js";

/** The answers to a batch, as many as there are before an error. */
export type WorkerReply = { answers: unknown[]; error?: { message: string; isUserError: boolean } };

/** Resolves when the parent has closed the channel. */
export async function runWorker(): Promise<void> {
  process.on("SIGINT", () => undefined); // Ctrl-C reaches the parent too, and its end closes the channel
  let job: ReturnType<typeof answering> | undefined;
  let turn = Promise.resolve();
  process.on("message", (message: { order: JobOrder } | { items: unknown[] }) => {
    if ("order" in message) {
      job = answering(message.order);
      job.catch(() => undefined); // sent with the first reply
      return;
    }
    turn = turn.then(async () => {
      process.send!(await replyTo(message.items, job!), undefined, undefined, () => undefined); // the parent may have closed the channel
    });
  });
  await new Promise<void>((resolve) => process.on("disconnect", resolve));
  process.exit(0); // the parent does not wait for the batch under way
}

async function replyTo(items: unknown[], job: ReturnType<typeof answering>): Promise<WorkerReply> {
  const answers: unknown[] = [];
  try {
    for await (const answer of (await job)(items)) answers.push(answer);
    return { answers };
  } catch (error) {
    const isUserError = error instanceof UserError;
    return {
      answers,
      error: { message: isUserError ? error.message : ((error as Error).stack ?? messageOf(error)), isUserError },
    };
  }
}
