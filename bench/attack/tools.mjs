/** @file Runs the program with a time limit, and judges its answer. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

export const bin = fileURLToPath(new URL("../../bin/rnn.js", import.meta.url));
export const distUrl = (path) => new URL(`../../dist/${path}`, import.meta.url).href;

/** Attacks that run at a time: one on each core. */
export const atOnce = availableParallelism();

/** The results of an attack on each item, in the order of the items; `limit` of them run at a time. */
export async function eachAtOnce(items, attack, limit = atOnce) {
  const results = [];
  let next = 0;
  const oneAfterAnother = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await attack(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: limit }, oneAfterAnother));
  return results;
}

/** Seconds that this process, its threads and its ended children have computed; NaN where the system does not say. */
export function processorSeconds() {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  } catch {
    return Number.NaN;
  }
}

/** Kills a process after so many seconds, in which this process was not paused itself. */
export function limitTime(child, seconds) {
  let left = seconds;
  const clock = setInterval(() => {
    if (--left === 0) child.kill("SIGKILL");
  }, 1000);
  child.on("close", () => clearInterval(clock));
}

/** @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>} code null and signal SIGKILL after the time limit */
export function runProgram(program, argv, { cwd, input = "", env = {}, seconds = 60 }) {
  const child = spawn(program, argv, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  limitTime(child, seconds);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
}

export const runNode = (argv, setting) => runProgram(process.execPath, argv, setting);
export const rnn = (argv, setting) => runNode([bin, ...argv], setting);

/** What is wrong with the end of a command; undefined if it answered or failed as it should. */
export function wrongEnd({ code, signal, stderr }) {
  if (signal !== null) return `ended by ${signal}: it hangs or crashes`;
  if (/this is a bug|^\s+at .+:\d+:\d+/m.test(stderr)) return `a stack trace: ${firstLine(stderr)}`;
  if (code !== 0 && stderr.trim() === "") return `exit code ${code} without a message`;
  if (
    code !== 0 &&
    stderr
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("rnn:")).length > 1
  )
    return "more than one error";
  return undefined;
}

export const firstLine = (text) => text.trim().split("\n")[0]?.slice(0, 300) ?? "";

/** A whole number from 0 to before `end`. */
export const below = (random, end) => Math.floor(random() * end);
export const oneOf = (random, items) => items[below(random, items.length)];

/** The bytes with some of them changed, removed, repeated or replaced by bytes that readers trip over. */
export function mutated(bytes, random) {
  let result = Buffer.from(bytes);
  for (let change = 1 + below(random, 4); change > 0; change--) {
    const end = below(random, 3) === 0 ? Math.min(result.length, 200) : result.length; // headers come first
    const at = below(random, end + 1);
    const kind = below(random, 5);
    if (kind === 0 && result.length > 0) result[Math.min(at, result.length - 1)] ^= 1 << below(random, 8);
    else if (kind === 1) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + below(random, 20))]);
    else if (kind === 2)
      result = Buffer.concat([result.subarray(0, at), Buffer.from(oneOf(random, troublesome)), result.subarray(at)]);
    else if (kind === 3) result = Buffer.concat([result, result.subarray(at, at + 40)]);
    else result = result.subarray(0, at);
  }
  return result;
}

const troublesome = [
  '"',
  '""',
  "'",
  ",",
  ";",
  "\t",
  "|",
  "\n",
  "\r",
  "\r\n",
  "\n\n",
  "\0",
  "{",
  "}",
  "[",
  "\\",
  "\\u0000",
  "\\ud800",
  "\u001B[2J",
  "1e999",
  "NaN",
  "-",
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0xef, 0xbb, 0xbf],
  [0x80],
  [0xc3],
  [0xf0, 0x9f],
  [0x1f, 0x8b],
  [0x50, 0x4b, 3, 4],
  "a".repeat(5000),
  "🙂",
  "é",
  "e\u0301",
];
