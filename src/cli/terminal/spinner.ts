/** @file A spinner on the terminal for work whose length is unknown; while a large file is read, it shows how far. */
import ora from "ora";
import { type ReadingProgress, showReadingWith } from "../../corpus/sources/readingProgress.js";
import { bytes, percent } from "../../render/numberText.js";
import { cut } from "./progressBar.js";
import { terminal } from "./terminal.js";

export type Spinner = { stop(): void };

/** Shows the text until it is stopped; nothing if stderr is not a terminal, apart from a line each minute while a large file is read. */
export function startSpinner(text: string): Spinner {
  // ora divides by the number of columns, which some terminals report as 0
  const columns = terminal.liveColumns();
  const isShown = columns !== undefined && process.stderr.columns > 0;
  const hasColor = !process.env["NO_COLOR"];
  const spinner = ora({ text, isSilent: !isShown, discardStdin: false, color: hasColor && "cyan" }).start();
  const progressText = createReadingText();
  let last = performance.now();
  const stopShowing = showReadingWith((progress) => {
    const shown = progressText(progress);
    if (shown === undefined) return;
    if (isShown) spinner.text = cut(`${text}  ${shown}`, columns - spinnerColumns);
    else if (performance.now() - last >= plainIntervalMs) {
      last = performance.now();
      terminal.note(`${text}  ${shown}`);
    }
  });
  return {
    stop: () => {
      stopShowing();
      spinner.stop();
    },
  };
}

const spinnerColumns = 3;
const plainIntervalMs = 60_000;
/** Smaller files are read in no time. */
const smallestShown = 1 << 24; // bytes

/**
 * As in `412 MB of 1.02 GB  40%  23.1 MB/s`; undefined for small files.
 * @param now a monotonic clock in milliseconds
 */
export function createReadingText(now = () => performance.now()): (progress: ReadingProgress) => string | undefined {
  let reading = { name: "", read: Infinity, started: 0 };
  return ({ name, read, total }) => {
    if (name !== reading.name || read < reading.read) reading = { name, read, started: now() };
    reading.read = read;
    if (total < smallestShown) return undefined;
    const seconds = (now() - reading.started) / 1000;
    const rate = seconds > 1 ? `  ${bytes(read / seconds)}/s` : "";
    return `${bytes(read)} of ${bytes(total)}  ${percent(Math.min(1, read / total))}${rate}`;
  };
}

/** Shows a spinner while the work goes on. @returns the result of the work */
export async function withSpinner<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
  const spinner = startSpinner(text);
  try {
    return await work();
  } finally {
    spinner.stop();
  }
}
