/** @file Programs on a pseudo-terminal, by `script` of util-linux. */
import { spawnSync } from "node:child_process";

/** Whether a pseudo-terminal can be made here. */
export const hasPty = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/**
 * Runs a line of a shell on a terminal; standard input is at its end.
 * @param columns of the terminal; 0, as some terminals report
 * @returns what the terminal got, and the exit code; null if it did not end in time
 */
export function onTerminal(
  line: string,
  {
    cwd,
    columns = 80,
    seconds = 60,
    env = {},
  }: { cwd: string; columns?: number; seconds?: number; env?: NodeJS.ProcessEnv },
): { code: number | null; screen: string } {
  const { status, stdout } = spawnSync("script", ["-qec", `stty cols ${columns} rows 24; ${line}`, "/dev/null"], {
    cwd,
    encoding: "utf8",
    input: "",
    timeout: 1000 * seconds,
    killSignal: "SIGKILL",
    env: { ...process.env, TERM: "xterm", NO_COLOR: undefined, CI: undefined, FORCE_COLOR: undefined, ...env },
  });
  return { code: status, screen: stdout };
}
