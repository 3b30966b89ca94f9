/** @file The benchmark's protocol in a contender: it prints "ready" and its version, then its units per second after each line "go" on its input. */
import { createInterface } from "node:readline";

/** The task, from the last argument: `{ work, shape, threads, seconds }`; seconds is the minimum time of a repetition and of the warm-up. */
export const row = JSON.parse(process.argv.at(-1));

/**
 * Warms up, then serves the requests on the standard input until it ends.
 * @param {string} version
 * @param {() => number | Promise<number>} step does a part of the work and returns its number of units
 */
export async function serve(version, step) {
  await repeat(step);
  console.log(`ready ${version}`);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "go") console.log(await repeat(step));
  }
  process.exit();
}

async function repeat(step) {
  const start = performance.now();
  let units = 0;
  let seconds = 0;
  while (seconds < row.seconds) {
    units += await step();
    seconds = (performance.now() - start) / 1000;
  }
  return units / seconds;
}
