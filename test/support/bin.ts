/** @file The real command, run through pipes as a shell would. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export const bin = fileURLToPath(new URL("../../bin/rnn.js", import.meta.url));

export type Finished = { code: number | null; stdout: string; stderr: string };

export type Setting = {
  /** The folder that it runs in. */
  cwd: string;
  /** What it finds on standard input. */
  input?: string | Uint8Array;
  /** What the environment says beside. */
  env?: Record<string, string>;
};

/** Nothing of the environment in which the tests run changes what is shown. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(RNN_|FORCE_COLOR|NO_COLOR|COLUMNS)/.test(name)),
  );

/** Starts `rnn` and leaves its standard input open. */
export const start = (argv: readonly string[], { cwd, env }: Omit<Setting, "input">): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [bin, ...argv], { cwd, env: { ...cleanEnvironment(), ...env } });

/** Runs `rnn` to its end. */
export function rnn(argv: readonly string[], { input = "", ...setting }: Setting): Promise<Finished> {
  const running = start(argv, setting);
  running.stdin.on("error", () => undefined); // it may end before it has read everything
  running.stdin.end(input);
  return finished(running);
}

/** All that a process writes from now on, and how it ends. */
export async function finished(running: ChildProcessWithoutNullStreams): Promise<Finished> {
  const code = new Promise<number | null>((resolve) => running.on("close", resolve));
  const [stdout, stderr] = await Promise.all([text(running.stdout), text(running.stderr)]);
  return { code: await code, stdout, stderr };
}

/** A line of a shell in which `rnn` is the command. @returns the exit codes of its pipeline's parts */
export function shell(line: string, { cwd, env }: Omit<Setting, "input">): Promise<Finished> {
  const script = `rnn() { "${process.execPath}" "${bin}" "$@"; }; ${line}`;
  return finished(spawn("bash", ["-c", script], { cwd, env: { ...cleanEnvironment(), ...env } }));
}
