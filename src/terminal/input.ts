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

/** Aborts at the first Ctrl-C or request to end; a second one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(interruptedExit);
      terminal.note("stopping after this step; again stops at once");
      controller.abort();
    });
  }
  return controller.signal;
}
