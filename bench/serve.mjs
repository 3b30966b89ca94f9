/** @file A contender's end of the benchmark's protocol: "ready" and its version, then for each line "go" its units a second. */
import { createInterface } from "node:readline";

/** What the benchmark wants: `{ work, shape, threads, seconds }`, its last argument; a repetition has so many seconds, and so has the warm-up. */
export const row = JSON.parse(process.argv.at(-1));

/**
 * @param {string} version
 * @param {() => number | Promise<number>} step does some of the work and says how many units it was
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
