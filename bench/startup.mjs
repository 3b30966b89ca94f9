/** @file How long a whole process takes, beside Node with nothing to do: `node bench/startup.mjs`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../bin/rnn.js", import.meta.url));

const commands = {
  node: { argv: ["-e", "0"], input: "" },
  help: { argv: [bin, "--help"], input: "" },
  classify: { argv: [bin, "classify", "--checkpoint", "critic"], input: "a fine book\n" },
};

function secondsOf({ argv, input }) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${argv.join(" ")} ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

const medianOf = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Median seconds of each command, one run of each in turn. @returns {Record<keyof typeof commands, number>} */
export function startupSeconds(rounds = 15) {
  const seconds = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (const command of Object.values(commands)) secondsOf(command); // warm-up: the disk's cache
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(commands)) seconds[name].push(secondsOf(command));
  }
  return Object.fromEntries(Object.entries(seconds).map(([name, values]) => [name, medianOf(values)]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, seconds] of Object.entries(startupSeconds()))
    console.log(`${name.padEnd(10)}${seconds.toFixed(3)} s`);
}
