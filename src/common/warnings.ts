/** @file Warnings from below the command line: work goes on, but a person should know. */

const shown = new Set<string>();
let show = (message: string): void => process.emitWarning(message);

/** Shows a warning of one line: on stderr by default. The same message is shown once per process. */
export function warnOnce(message: string): void {
  if (shown.has(message)) return;
  shown.add(message);
  show(message);
}

/** Replaces the function that shows warnings. */
export function showWarningsWith(output: (message: string) => void): void {
  show = output;
}
