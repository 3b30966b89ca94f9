/** @file A spinner on the terminal for work whose length is unknown. */
import ora from "ora";
import { terminal } from "./terminal.js";

export type Spinner = { stop(): void };

/** Shows the text until it is stopped; nothing if stderr is not a terminal. */
export function startSpinner(text: string): Spinner {
  // ora divides by the number of columns, which some terminals report as 0
  const isShown = terminal.liveColumns() !== undefined && process.stderr.columns > 0;
  const hasColor = !process.env["NO_COLOR"];
  return ora({ text, isSilent: !isShown, discardStdin: false, color: hasColor && "cyan" }).start();
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
