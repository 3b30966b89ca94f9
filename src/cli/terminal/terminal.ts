/** @file The only way to what a person sees: results to stdout, everything else to stderr. */
import { colour } from "./color.js";
import { messageOf, UserError } from "../../common/errors.js";
import { printable } from "../../render/textWidth.js";

type Output = NodeJS.WriteStream;

const pipeInterval = 10; // milliseconds between writes of a stream that a program reads
const pipeBlock = 2 ** 16; // characters that are enough for a write
const clearLine = "\r\u001B[2K";
const guarded = new Set<Output>();
let liveLine: string | undefined;

/** Resolves when the system has taken the text. A reader of results that has gone ends the process quietly: nobody is left to work for. */
function send(output: Output, text: string): Promise<void> {
  if (!guarded.has(output)) {
    guarded.add(output);
    output.on("error", () => undefined); // each write below hears of its own error
  }
  return new Promise((resolve, reject) => {
    output.write(text, (error) => {
      if (!error) resolve();
      else if ("code" in error && error.code === "EPIPE" && output === process.stdout) process.exit(0);
      else reject(new UserError(`the output cannot be written: ${messageOf(error)}`));
    });
  });
}

/** To stderr, without waiting; where even that cannot be written there is no one to tell. */
const tell = (text: string): void => void send(process.stderr, text).catch(() => undefined);

const isLive = (): boolean => process.stderr.isTTY && process.env.TERM !== "dumb";

function aboveLiveLine(text: string): void {
  tell(liveLine === undefined ? text : clearLine + text + liveLine);
}

const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");

export const terminal = {
  /**
   * Writes results as they are; await it, so that a slow reader slows the work and nothing piles up.
   * @throws UserError where they cannot be written; a reader that has gone ends the process with code 0
   */
  async write(text: string): Promise<void> {
    if (text === "") return;
    if (liveLine !== undefined && process.stdout.isTTY) tell(clearLine);
    await send(process.stdout, text);
  },

  /**
   * Writes pieces as they come: on a terminal each at once, elsewhere what came within about 10 ms together.
   * @throws what the pieces throw, after what came before is written
   */
  async stream(pieces: AsyncIterable<string>): Promise<void> {
    const interval = process.stdout.isTTY ? 0 : pipeInterval;
    let pending = "";
    let last = -Infinity;
    let due: NodeJS.Timeout | undefined;
    let written = Promise.resolve();
    const flush = (): Promise<void> => {
      clearTimeout(due);
      due = undefined;
      const text = pending;
      pending = "";
      last = performance.now();
      written = written.then(() => terminal.write(text));
      written.catch(() => undefined); // heard of at the next await
      return written;
    };
    try {
      for await (const piece of pieces) {
        pending += piece;
        if (pending.length >= pipeBlock || performance.now() - last >= interval) await flush();
        else due ??= setTimeout(() => void flush(), interval); // a pause must not hold text back
      }
    } finally {
      await flush();
    }
  },

  /** A line for the person, to stderr. */
  note(line: string): void {
    aboveLiveLine(`${printableLines(line)}\n`);
  },

  /** Something that may surprise the person, to stderr. */
  warn(line: string): void {
    aboveLiveLine(`${colour.yellow("warning:")} ${printableLines(line)}\n`);
  },

  /** Why the work could not be done, to stderr. */
  fail(line: string): void {
    aboveLiveLine(`${colour.red("error:")} ${printableLines(line)}\n`);
  },

  /** The columns of the terminal that stderr is; undefined where it is none, and then there is no live line. */
  liveColumns(): number | undefined {
    return isLive() ? process.stderr.columns || 80 : undefined;
  },

  /** Shows a line that the next one replaces, below all notes; undefined takes it away. It must fit `liveColumns`. */
  live(line: string | undefined): void {
    if (!isLive() || line === liveLine) return;
    liveLine = line;
    tell(clearLine + (line ?? ""));
  },
};
