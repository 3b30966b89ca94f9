/** @file What a person gives the process: bytes on standard input, and Ctrl-C. */
import { text } from "node:stream/consumers";
import { terminal } from "./terminal.js";

/** The bytes of standard input; a person at a terminal is told that they are waited for. */
export async function* standardInput(): AsyncGenerator<Uint8Array> {
  if (process.stdin.isTTY) terminal.note("reading from the terminal; Ctrl-D ends it");
  for await (const chunk of process.stdin) yield chunk as Uint8Array;
}

/** All of standard input as text. */
export const readInput = (): Promise<string> => text(standardInput());

const interruptedExit = 130;

/** Ctrl-C, and other requests to end. */
export class Interruption {
  private readonly controller = new AbortController();
  private working = false;

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.heard());
  }

  /** Aborts at the first request while there is work to save. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** From now on there is something to save; until then a request ends the process at once, as a second one always does. */
  begin(): void {
    this.working = true;
  }

  private heard(): void {
    if (!this.working || this.signal.aborted) process.exit(interruptedExit);
    terminal.note("stopping after this step; again stops at once");
    this.controller.abort();
  }
}
