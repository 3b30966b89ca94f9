/**
 * @file The largest memory of `rnn train` on corpora larger than it may take, and the time until the first step.
 *
 *     node bench/large/memory.mjs [megabytes] [kind …]
 *
 * Writes corpora of 1000 MB of each kind (text, csv, jsonl) to the folder for temporary files, trains on each, and prints a line of JSON.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeCorpus } from "./corpora.mjs";

const program = new URL("../../bin/rnn.js", import.meta.url).pathname;
const [megabytes = "1000", ...kinds] = process.argv.slice(2);
const extensions = { text: "txt", csv: "csv", jsonl: "jsonl" };
const samplingMs = 100;

/** The largest resident memory of a process so far, in bytes; Linux only. */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has ended
  }
}

async function train(corpus, out) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const network = ["--units", "64", "--embedding", "16", "--for", "6m"];
  const run = spawn(process.execPath, [program, "train", corpus, "--out", out, ...network]);
  let peak = 0;
  let read = null;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOf(run.pid));
  }, samplingMs);
  run.stderr.setEncoding("utf8").on("data", (text) => {
    if (/^output/m.test(text)) read ??= seconds();
  });
  const code = await new Promise((resolve) => run.on("close", resolve));
  clearInterval(timer);
  return { code, peakMegabytes: Math.round(peak / 1e6), secondsToFirstStep: read, seconds: seconds() };
}

const folder = await mkdtemp(join(tmpdir(), "rnn-bench-large-"));
try {
  for (const kind of kinds.length > 0 ? kinds : Object.keys(extensions)) {
    const corpus = join(folder, `corpus.${extensions[kind]}`);
    await writeCorpus(corpus, kind, Number(megabytes) * 1e6);
    const measured = await train(corpus, join(folder, kind));
    const rate = Number(megabytes) / measured.secondsToFirstStep;
    console.log(JSON.stringify({ kind, megabytes: Number(megabytes), ...measured, megabytesPerSecond: rate }));
    await rm(corpus);
  }
} finally {
  await rm(folder, { recursive: true });
}
