/**
 * @file `npm run attack`: kills, damages and floods the program, and checks that nothing is lost, hangs or shows a stack trace.
 * `npm run attack -- --only kills,flips --scale 0.1 --seed 7` runs a part of it, smaller, with the draws of an earlier run. The figures are in docs/reliability.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { randomStream } from "../../dist/common/random.js";
import { flips, truncations } from "./damage.mjs";
import { kills, locks, pairs } from "./processes.mjs";
import { closedPipes, terminals } from "./outputs.mjs";
import { mutatedInputs } from "./program.mjs";
import { readers } from "./readers.mjs";
import { failingCalls } from "./saves.mjs";
import { processorSeconds } from "./tools.mjs";

/**
 * A section of the attack. `count`: how often it attacks at scale 1. `run` returns the number of attacks and what went wrong.
 * @type {Record<string, { count: number, expects: string, run: (setting: Setting) => Promise<{ tried: number, failures: string[] }> }>}
 * @typedef {{ count: number, folder: string, seed: number, stream: (...path: (string | number)[]) => () => number }} Setting
 * `stream` gives random numbers that follow from the seed, the section and a path.
 */
const sections = {
  kills: { count: 100, expects: "a killed run resumes to the same bits", run: kills },
  pairs: { count: 100, expects: "two runs on one checkpoint leave a whole checkpoint", run: pairs },
  locks: { count: 300, expects: "of processes that find a stale lock, one at a time holds it", run: locks },
  calls: { count: 400, expects: "a failing system call of a save leaves a whole checkpoint", run: failingCalls },
  flips: { count: 300, expects: "a flipped byte of a checkpoint is one line, or has no effect", run: flips },
  truncations: { count: 200, expects: "a cut file of a checkpoint is one line", run: truncations },
  readers: { count: 10_000, expects: "a mutated input of each reader is read or is one line", run: readers },
  program: { count: 1000, expects: "a mutated input through the program is an answer or one line", run: mutatedInputs },
  pipes: { count: 4, expects: "a closed pipe ends each command", run: closedPipes },
  terminals: { count: 5, expects: "each command ends in a terminal of 0, 1, 2, 20 and 80 columns", run: terminals },
};

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    scale: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now() % 1e9) },
  },
});
const chosen = values.only?.split(",") ?? Object.keys(sections);
const unknown = chosen.find((name) => !Object.hasOwn(sections, name));
if (unknown !== undefined) {
  console.error(`no such section ${unknown}; sections are: ${Object.keys(sections).join(", ")}`);
  process.exit(2);
}
console.log(`seed ${values.seed}, scale ${values.scale}`);
let failed = 0;
for (const name of chosen) {
  const { count, expects, run } = sections[name];
  const folder = mkdtempSync(join(tmpdir(), "rnn-attack-"));
  const [started, computed] = [performance.now(), processorSeconds()];
  const seed = Number(values.seed);
  const stream = (...path) => randomStream(seed, name, ...path);
  const { tried, failures } = await run({ count: Math.ceil(count * Number(values.scale)), folder, seed, stream });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const onProcessor = (processorSeconds() - computed).toFixed(0);
  console.log(
    `${name.padEnd(12)} ${String(tried).padStart(7)} tried  ${failures.length} failed  ${seconds} s (processor ${onProcessor} s)  ${expects}`,
  );
  for (const failure of failures.slice(0, 20)) console.log(`    ${failure}`);
  failed += failures.length;
  if (failures.length === 0) rmSync(folder, { recursive: true, force: true });
  else console.log(`    inputs are in ${folder}`);
}
process.exit(failed > 0 ? 1 : 0);
