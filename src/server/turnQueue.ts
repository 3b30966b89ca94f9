/** @file Work of several answers in one thread: a step of one of them at a time, in turn, and the event loop between two steps. */
import { RequestError } from "./requestError.js";

/** Answers take turns in the order in which they ask, so that a long one does not hold up the others. */
export class TurnQueue {
  private readonly waiting: (() => void)[] = [];
  private isBusy = false;
  private answers = 0;

  /** @param limit of answers that are computed or wait */
  constructor(private readonly limit: number) {}

  /**
   * The items of some work; each step of it takes a turn. The work ends when its reader stops, or at an abort.
   * @throws RequestError with status 429 if too many answers are under way; the reason of an abort; errors of the work
   */
  async *inTurns<Item>(work: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
    if (this.answers >= this.limit)
      throw new RequestError(429, `${this.answers} answers are under way, which is the limit; try again later`);
    this.answers++;
    const steps = work[Symbol.asyncIterator]();
    try {
      for (;;) {
        await this.turn();
        let step: IteratorResult<Item>;
        try {
          signal.throwIfAborted();
          step = await steps.next();
        } finally {
          this.pass();
        }
        if (step.done) return;
        yield step.value;
      }
    } finally {
      this.answers--;
      await steps.return?.();
    }
  }

  private async turn(): Promise<void> {
    if (this.isBusy) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.isBusy = true;
  }

  /** The next one goes on after the event loop has taken in what arrived meanwhile. */
  private pass(): void {
    setImmediate(() => {
      const next = this.waiting.shift();
      if (next) next();
      else this.isBusy = false;
    });
  }
}
