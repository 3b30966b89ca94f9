/** @file Input of the program: bytes on standard input, and signals such as Ctrl-C. */
import { fstatSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../../common/errors.js";
import { terminal } from "./terminal.js";

/** The bytes of standard input; on a terminal a note says that the program waits for them. */
export async function* standardInput(): AsyncGenerator<Uint8Array> {
  if (process.stdin.isTTY) terminal.note("reading from the terminal; press Ctrl-D to end the input");
  for await (const chunk of process.stdin) yield chunk as Uint8Array;
}

const maxInputBytes = 2 ** 24;

/** All of standard input as text. @throws UserError for more than 16 MiB, which may be endless */
export async function readInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of standardInput()) {
    bytes += chunk.length;
    if (bytes > maxInputBytes) throw new UserError("standard input is longer than 16 MiB; give a shorter text");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** How long an open pipe may be silent before it counts as inherited from a program that writes nothing. */
const silentMs = 3000;

/**
 * The text that was sent to the program without being named in its arguments: a file from its start, or a pipe or socket with data. Undefined
 * for a terminal, a device, a file that another program is reading (as the file of a shell's loop is), and a pipe that is silent for 3 s.
 */
export async function inputSent(): Promise<string | undefined> {
  const input = fstatSync(0);
  if (input.isFile()) return fileOffset() === 0 ? readInput() : undefined;
  if (!input.isFIFO() && !input.isSocket()) return undefined;
  const silence = new AbortController();
  const { signal } = silence;
  const hasData = await Promise.race([
    once(process.stdin, "readable", { signal }).then(() => true),
    setTimeout(silentMs, false, { signal }),
  ]);
  silence.abort();
  if (hasData) return readInput();
  process.stdin.destroy();
  terminal.note(
    "standard input is open but silent, so there is no prompt from it; to wait for one, give - as the prompt",
  );
  return undefined;
}

/** The offset at which standard input is read next; 0 on systems that do not tell. */
function fileOffset(): number {
  try {
    return Number(/^pos:\s*(\d+)/.exec(readFileSync("/proc/self/fdinfo/0", "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const interruptedExit = 130;

/** Turns SIGINT, SIGTERM and SIGHUP into an abort signal. */
export class Interruption {
  private readonly controller = new AbortController();
  private working = false;

  /** @param message what the first signal ends, for stderr */
  constructor(private readonly message = "stopping after this training step; press Ctrl-C again to stop at once") {
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
    terminal.note(this.message);
    this.controller.abort();
  }
}
