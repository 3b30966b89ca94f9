/** @file All output of the program: results go to stdout, everything else to stderr. */
import { Chalk, chalkStderr } from "chalk";
import { messageOf, UserError } from "../../common/errors.js";
import { showWarningsWith } from "../../common/warnings.js";
import { defaultWidth } from "../../render/textTable.js";
import { printable, printableLines, shortened, wrapText } from "../../render/textWidth.js";

type Output = NodeJS.WriteStream;

/** No colors if stderr is not a terminal, or if NO_COLOR is set (https://no-color.org). */
export const color = process.env["NO_COLOR"] ? new Chalk({ level: 0 }) : chalkStderr;

const pipeIntervalMs = 10; // between the writes of a stream into a pipe
const pipeBlock = 2 ** 16; // characters or bytes that are written without waiting for the interval
const maxWidth = 110; // columns of text that are still easy to read
const clearLine = "\r\u001B[2K";
const guarded = new Set<Output>();
let liveLine: string | undefined;
let showsNotes = true;

/** Resolves when the system has taken the text. When the reader of stdout has closed the pipe, the process exits with code 0. */
function send(output: Output, text: string | Uint8Array): Promise<void> {
  if (!guarded.has(output)) {
    guarded.add(output);
    output.on("error", () => undefined); // the callback of each write below receives its error
  }
  return new Promise((resolve, reject) => {
    output.write(text, (error) => {
      if (!error) resolve();
      else if ("code" in error && error.code === "EPIPE" && output === process.stdout) process.exit(0);
      else reject(new UserError(`could not write the output: ${messageOf(error)}`));
    });
  });
}

/** Writes to stderr without waiting; a failure is ignored, since nothing is left to report it on. */
const sendError = (text: string): void => void send(process.stderr, text).catch(() => undefined);

const isLive = (): boolean => process.stderr.isTTY && process.env.TERM !== "dumb";

function aboveLiveLine(text: string): void {
  sendError(liveLine === undefined ? text : clearLine + text + liveLine);
}

/** Pieces as one: bytes, if one of them has bytes. */
const joined = (pieces: readonly (string | Uint8Array)[]): string | Uint8Array =>
  pieces.every((piece) => typeof piece === "string")
    ? pieces.join("")
    : Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)));

/** A terminal may report 0 columns. */
const columnsOf = (output: Output): number => (output.isTTY && output.columns) || defaultWidth;

/** Lines are wrapped on a terminal only, so that a search in a log finds whole messages. */
function message(text: string): string {
  const lines = text.split("\n").map(printable);
  if (!process.stderr.isTTY) return lines.join("\n");
  return lines.flatMap((line) => wrapText(line, columnsOf(process.stderr))).join("\n");
}

const plain = { colored: false };

const escapedForTerminal = (text: string | Uint8Array): string =>
  printableLines(typeof text === "string" ? text : new TextDecoder().decode(text));

export const terminal = {
  /**
   * Writes results: unchanged into a pipe or file, with control characters escaped on a terminal. Await it, so that a slow reader slows down the work and
   * memory stays bounded.
   * @param style.colored whether the text has colors, and no control characters of others
   * @throws UserError if stdout cannot be written; a closed pipe ends the process with code 0
   */
  async write(text: string | Uint8Array, { colored } = plain): Promise<void> {
    if (text.length === 0) return;
    if (liveLine !== undefined && process.stdout.isTTY) sendError(clearLine);
    await send(process.stdout, process.stdout.isTTY && !colored ? escapedForTerminal(text) : text);
  },

  /**
   * Writes pieces as `write` does, as they come: each at once on a terminal, elsewhere joined over about 10 ms.
   * @throws the error of the iterator, after the pieces before it are written
   */
  async stream(pieces: AsyncIterable<string | Uint8Array>, style = plain): Promise<void> {
    const interval = process.stdout.isTTY ? 0 : pipeIntervalMs;
    let pending: (string | Uint8Array)[] = [];
    let length = 0;
    let last = -Infinity;
    let due: NodeJS.Timeout | undefined;
    let written = Promise.resolve();
    const flush = (): Promise<void> => {
      clearTimeout(due);
      due = undefined;
      const text = joined(pending);
      [pending, length] = [[], 0];
      last = performance.now();
      written = written.then(() => terminal.write(text, style));
      written.catch(() => undefined); // thrown at the next await
      return written;
    };
    try {
      for await (const piece of pieces) {
        pending.push(piece);
        length += piece.length;
        if (length >= pipeBlock || performance.now() - last >= interval) await flush();
        else due ??= setTimeout(() => void flush(), interval); // a pause must not delay the text before it
      }
    } finally {
      await flush();
    }
  },

  /** Writes a line to stderr, unless notes are silenced. */
  note(line: string): void {
    if (showsNotes) aboveLiveLine(`${message(line)}\n`);
  },

  /** From here on `note` writes nothing. */
  silenceNotes(): void {
    showsNotes = false;
  },

  /** Writes a warning to stderr. */
  warn(line: string): void {
    aboveLiveLine(`${message(`warning: ${shortened(line)}`).replace("warning:", color.yellow("warning:"))}\n`);
  },

  /** Writes an error to stderr. */
  fail(line: string): void {
    aboveLiveLine(`${message(`error: ${shortened(line)}`).replace("error:", color.red("error:"))}\n`);
  },

  /** The width in columns for text on stdout. */
  outputWidth: (): number => Math.min(maxWidth, columnsOf(process.stdout)),

  /** The width in columns for text on stderr. */
  noteWidth: (): number => Math.min(maxWidth, columnsOf(process.stderr)),

  /** The columns of the terminal that shows a live line; undefined if stderr is not such a terminal. */
  liveColumns(): number | undefined {
    return isLive() ? columnsOf(process.stderr) : undefined;
  },

  /** Shows a line below all notes, which replaces the one before; undefined removes it. It must fit `liveColumns`. */
  live(line: string | undefined): void {
    if (!isLive() || line === liveLine) return;
    liveLine = line;
    sendError(clearLine + (line ?? ""));
  },
};

showWarningsWith((line) => terminal.warn(line));
