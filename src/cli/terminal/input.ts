/** @file Input of the program: bytes on standard input, and signals such as Ctrl-C. */
import { text } from "node:stream/consumers";
import { terminal } from "./terminal.js";

/** The bytes of standard input; on a terminal a note says that the program waits for them. */
export async function* standardInput(): AsyncGenerator<Uint8Array> {
  if (process.stdin.isTTY) terminal.note("reading from the terminal; press Ctrl-D to end the input");
  for await (const chunk of process.stdin) yield chunk as Uint8Array;
}

/** All of standard input as text. */
export const readInput = (): Promise<string> => text(standardInput());

const interruptedExit = 130;

/** Turns SIGINT, SIGTERM and SIGHUP into an abort signal. */
export class Interruption {
  private readonly controller = new AbortController();
  private working = false;

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.interrupt());
  }

  /** Aborts at the first signal after `begin`. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Call it when there is work to save. Before that, and at a second signal, the process exits at once. */
  begin(): void {
    this.working = true;
  }

  private interrupt(): void {
    if (!this.working || this.signal.aborted) process.exit(interruptedExit);
    terminal.note("stopping after this training step; press Ctrl-C again to stop at once");
    this.controller.abort();
  }
}
