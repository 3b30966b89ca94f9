/** @file The command line in this process, which is fast, or in a process of its own, as in a shell. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { thorough } from "./thorough.js";

export const bin = fileURLToPath(new URL("../../bin/rnn.js", import.meta.url));

export type Finished = { code: number | null; stdout: string; stderr: string };

export type Setting = {
  /** The working directory. */
  cwd: string;
  /** The contents of standard input. */
  input?: string | Uint8Array;
  /** Variables added to the environment. They need a process, since some are read when a module loads. */
  env?: Record<string, string>;
};

/** Variables that change the output and may be set on a developer's machine. */
const isOutputVariable = (name: string): boolean => /^(RNN_|FORCE_COLOR|NO_COLOR|COLUMNS)/.test(name);

const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOutputVariable(name)));

/** All of a stream, with a byte-order mark, which the stream consumer `text` would drop. */
const textOf = async (stream: Readable): Promise<string> => (await buffer(stream)).toString();

/** Starts `rnn` as a process and leaves its standard input open. */
export const start = (argv: readonly string[], { cwd, env }: Omit<Setting, "input">): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [bin, ...argv], { cwd, env: { ...cleanEnvironment(), ...env } });

/** Runs `rnn` as a process to its end. */
export function rnnProcess(argv: readonly string[], { input = "", ...setting }: Setting): Promise<Finished> {
  const running = start(argv, setting);
  running.stdin.on("error", () => undefined); // it may end before it has read everything
  running.stdin.end(input);
  return finished(running);
}

/** The last run in this process. Runs share its streams and working directory, so one runs at a time. */
let turn: Promise<unknown> = Promise.resolve();

/** Runs `rnn` to its end: in this process, unless the tests are thorough or the run needs environment variables. */
export function rnn(argv: readonly string[], setting: Setting): Promise<Finished> {
  if (thorough || setting.env !== undefined) return rnnProcess(argv, setting);
  const result = turn.then(() => runHere(argv, setting));
  turn = result.catch(() => undefined);
  return result;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Replaces the process's streams, arguments and directory for a command, runs it and restores them. */
async function runHere(argv: readonly string[], { cwd, input = "" }: Setting): Promise<Finished> {
  const environment = Object.keys(process.env).filter(isOutputVariable);
  const hidden = Object.fromEntries(environment.map((name) => [name, process.env[name]]));
  for (const name of environment) delete process.env[name];
  const [stdout, stderr] = [captured(process.stdout), captured(process.stderr)];
  const { log } = console; // help is printed with it, and vitest redirects it from stdout
  console.log = (...values: unknown[]) => void process.stdout.write(`${format(...values)}\n`);
  const standardInput = Object.getOwnPropertyDescriptor(process, "stdin")!;
  Object.defineProperty(process, "stdin", { value: Readable.from([Buffer.from(input)]), configurable: true });
  const listeners = signals.map((signal) => process.listeners(signal));
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const { run } = await import("../../src/cli/cli.js");
    const code = await run(argv);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(before);
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal))
        if (!listeners[index]!.includes(listener)) process.off(signal, listener);
    }
    Object.defineProperty(process, "stdin", standardInput);
    console.log = log;
    for (const stream of [stdout, stderr]) stream.restore();
    Object.assign(process.env, hidden);
  }
}

type Write = (chunk: string | Uint8Array, ...rest: unknown[]) => boolean;

/** Collects what is written to a stream. */
function captured(stream: NodeJS.WriteStream): { text: () => string; restore: () => void } {
  const chunks: Buffer[] = [];
  const before = Object.getOwnPropertyDescriptor(stream, "write");
  const collect: Write = (chunk, ...rest) => {
    chunks.push(Buffer.from(chunk as string));
    const done = rest.find((argument) => typeof argument === "function");
    if (done) queueMicrotask(done as () => void);
    return true;
  };
  stream.write = collect;
  const restore = (): void => {
    if (before) Object.defineProperty(stream, "write", before);
    else Reflect.deleteProperty(stream, "write");
  };
  return { text: () => Buffer.concat(chunks).toString(), restore };
}

/** The output of a process from now on, and its exit code. */
export async function finished(running: ChildProcessWithoutNullStreams): Promise<Finished> {
  const code = new Promise<number | null>((resolve) => running.on("close", resolve));
  const [stdout, stderr] = await Promise.all([textOf(running.stdout), textOf(running.stderr)]);
  return { code: await code, stdout, stderr };
}

/** A line of a shell in which `rnn` is the command. */
export function shell(line: string, { cwd, env }: Omit<Setting, "input">): Promise<Finished> {
  const script = `rnn() { "${process.execPath}" "${bin}" "$@"; }; ${line}`;
  return finished(spawn("bash", ["-c", script], { cwd, env: { ...cleanEnvironment(), ...env } }));
}
