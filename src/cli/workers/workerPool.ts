/** @file Worker processes that answer batches side by side; answers come in the order of the items. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../../common/errors.js";
import { packageFolder } from "../../common/packageFolder.js";
import { isUnreadable, type Unreadable } from "../../corpus/document.js";
import { batchArrivals } from "../../inference/batching.js";
import type { JobName, JobOrder, Jobs } from "./workerJobs.js";
import type { WorkerReply } from "./workerProcess.js";

/** Batches that a worker has: one under way and one that waits, so that it never idles. */
const batchesPerWorker = 2;

/** A process, and what it still owes. */
class Worker {
  readonly waiting: { resolve: (reply: WorkerReply) => void; reject: (error: Error) => void }[] = [];
  private readonly child: ChildProcess;
  private ended: UserError | undefined;

  constructor(order: JobOrder) {
    this.child = fork(join(packageFolder, "bin/rnn.js"), ["--worker"], {
      serialization: "advanced",
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.child.on("message", (reply) => this.waiting.shift()?.resolve(reply as WorkerReply));
    this.child.on("error", (error) => this.fail(`could not be started: ${error.message}`));
    this.child.on("exit", (code, signal) => this.fail(`ended with ${signal ?? `exit code ${code}`}`));
    this.child.send({ order }, () => undefined);
  }

  answer(items: unknown[]): Promise<WorkerReply> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.waiting.push({ resolve, reject });
      this.child.send({ items }, () => undefined); // an error ends the process, which "exit" reports
    });
  }

  close(): void {
    this.child.removeAllListeners("exit");
    if (this.child.connected) this.child.disconnect();
  }

  private fail(reason: string): void {
    this.ended = new UserError(`a worker process ${reason}; try fewer --workers`);
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }
}

/** Where the answers to a part of the items come from: a worker, or this process. */
type Part<Entry> = { entries: Entry[]; reply: Promise<WorkerReply> | undefined };

export type ParallelWork<Name extends JobName, Entry, Answer> = {
  order: JobOrder & { job: Name };
  workers: number;
  /** Items of a batch. */
  batchItems: number;
  /** The item of an entry, or undefined for an entry that is answered in this process, such as a very long line. */
  itemOf: (entry: Exclude<Entry, Unreadable>) => Jobs[Name]["item"] | undefined;
  /** The answer to an entry from that of a worker. */
  answerOf: (entry: Exclude<Entry, Unreadable>, answer: Jobs[Name]["answer"]) => Answer;
  /** The answers of this process, for entries without an item. */
  here?: (entries: AsyncIterable<Entry>) => AsyncIterable<Answer | Unreadable>;
};

/**
 * Answers to entries by several processes: the same ones in the same order as in one. What could not be read is passed on in its place.
 * Memory is bounded: a worker has two batches at most, and no more are read while the oldest one is under way.
 */
export async function* inParallel<Name extends JobName, Entry, Answer>(
  entries: AsyncIterable<Entry>,
  work: ParallelWork<Name, Entry, Answer>,
): AsyncGenerator<Answer | Unreadable> {
  const workers = Array.from({ length: work.workers }, () => new Worker(work.order));
  const batches = batchArrivals(entries, work.batchItems);
  const parts: Part<Entry>[] = [];
  let next: Promise<Arrival<Entry>> | undefined;
  let end: Arrival<Entry> | undefined;
  const isFull = (): boolean => parts.length >= work.workers * batchesPerWorker;
  try {
    while (end === undefined || parts.length > 0) {
      if (end === undefined && !isFull()) next ??= arrivalOf(batches);
      const oldest = parts[0];
      const arrived = await Promise.race([
        ...(next ? [next] : []),
        ...(oldest ? [Promise.resolve(oldest.reply).then(() => undefined)] : []),
      ]);
      if (arrived === undefined) {
        yield* answersOf(parts.shift()!, work);
        continue;
      }
      next = undefined;
      if (arrived.batch === undefined) end = arrived;
      else parts.push(...partsOf(arrived.batch, work, workers));
    }
    if (end.failure !== undefined) throw end.failure; // what was read before it is answered
  } finally {
    for (const worker of workers) worker.close();
    if (next) process.stdin.destroy(); // a batch that is awaited would keep the process
    void batches.return(undefined).catch(() => undefined);
  }
}

/** A batch; or the end of the entries, with the error that ended them. */
type Arrival<Entry> = { batch?: Entry[]; failure?: unknown };

const arrivalOf = <Entry>(batches: AsyncGenerator<Entry[]>): Promise<Arrival<Entry>> =>
  batches.next().then(
    ({ done, value }) => (done ? {} : { batch: value }),
    (failure: unknown) => ({ failure }),
  );

/** Consecutive entries for a worker, and single ones for this process. */
function partsOf<Name extends JobName, Entry, Answer>(
  batch: Entry[],
  { itemOf }: ParallelWork<Name, Entry, Answer>,
  workers: readonly Worker[],
): Part<Entry>[] {
  const parts: Part<Entry>[] = [];
  let shared: Entry[] = [];
  let items: unknown[] = [];
  const send = (): void => {
    if (shared.length === 0) return;
    const worker = workers.reduce((idlest, one) => (one.waiting.length < idlest.waiting.length ? one : idlest));
    const reply = items.length > 0 ? worker.answer(items) : Promise.resolve({ answers: [] });
    reply.catch(() => undefined); // thrown where the answers are needed
    parts.push({ entries: shared, reply });
    [shared, items] = [[], []];
  };
  for (const entry of batch) {
    const item = isUnreadable(entry) ? null : itemOf(entry as Exclude<Entry, Unreadable>);
    if (item === undefined) {
      send();
      parts.push({ entries: [entry], reply: undefined });
      continue;
    }
    shared.push(entry);
    if (item !== null) items.push(item);
  }
  send();
  return parts;
}

async function* answersOf<Name extends JobName, Entry, Answer>(
  { entries, reply }: Part<Entry>,
  { answerOf, here }: ParallelWork<Name, Entry, Answer>,
): AsyncGenerator<Answer | Unreadable> {
  if (reply === undefined) {
    yield* here!(each(entries));
    return;
  }
  const { answers, error } = await reply;
  let index = 0;
  for (const entry of entries) {
    if (isUnreadable(entry)) yield entry;
    else if (index < answers.length)
      yield answerOf(entry as Exclude<Entry, Unreadable>, answers[index++] as Jobs[Name]["answer"]);
    else throw error?.isUserError ? new UserError(error.message) : new Error(error?.message);
  }
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
