/** @file `npm run bench`: this project beside its peers in the same run, row by row. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ours, peers } from "./contenders.mjs";
import { measure, summary } from "./measure.mjs";
import { ContenderProcess } from "./process.mjs";
import { rows } from "./rows.mjs";
import { jsonLine, report } from "./table.mjs";

const help = `npm run bench -- [options]

  --only ROW            one row; may be given several times: ${Object.keys(rows).join(", ")}
  --rounds N            repetitions of each contender in each row (5)
  --threads N           for all of them (2)
  --beside NAME=COMMAND one more contender: a program that speaks the protocol of bench/serve.mjs, such as another build's bench/ours.mjs
  --no-peers            ours (and --beside) alone
  --json                a line of JSON a row
  --save                write bench/RESULTS.md
`;

const usage = (message) => {
  console.error(`${message}\nnpm run bench -- --help lists the options`);
  process.exit(2);
};

function wholeNumber(name, value) {
  if (!/^[1-9]\d*$/.test(value)) usage(`--${name} is a whole number from 1, got ${value}`);
  return Number(value);
}

function parseOptions() {
  try {
    return parseArgs({
      allowNegative: true,
      options: {
        only: { type: "string", multiple: true, default: Object.keys(rows) },
        rounds: { type: "string", default: "5" },
        threads: { type: "string", default: "2" },
        beside: { type: "string", multiple: true, default: [] },
        peers: { type: "boolean", default: true },
        json: { type: "boolean", default: false },
        save: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return usage(error.message);
  }
}

function besideOf(text) {
  const [, name, command] = /^([^=]+)=(.+)$/.exec(text) ?? usage(`--beside is NAME=COMMAND, got ${text}`);
  return [name, { command: command.split(" "), missing: null }];
}

/** The program that measures the peak, compiled for this very processor; null where there is no C compiler. */
function buildPeak(folder) {
  const program = join(folder, "peak");
  const source = fileURLToPath(new URL("peak.c", import.meta.url));
  const native = process.arch === "arm64" ? "-mcpu=native" : "-march=native";
  const { status } = spawnSync("cc", ["-O3", native, "-ffp-contract=fast", "-pthread", source, "-o", program]);
  return status === 0 ? program : null;
}

async function peakOnOneThread(program) {
  const contender = new ContenderProcess([program], "1");
  await contender.ready();
  const speed = await contender.repeat();
  await contender.stop();
  return speed;
}

async function main(options) {
  const unknown = options.only.find((name) => !Object.hasOwn(rows, name));
  if (unknown !== undefined) usage(`there is no row ${unknown}: choose among ${Object.keys(rows).join(", ")}`);
  const rounds = wholeNumber("rounds", options.rounds);
  const threads = wholeNumber("threads", options.threads);
  const contenders = { ours, ...Object.fromEntries(options.beside.map(besideOf)), ...(options.peers && peers) };
  const folder = mkdtempSync(join(tmpdir(), "rnn-bench-"));
  const peak = buildPeak(folder);
  const peaks = peak ? [await peakOnOneThread(peak)] : [];
  const results = new Map();
  try {
    for (const name of options.only) {
      console.error(`${name} …`);
      const result = await measure(rows[name], contenders, { rounds, threads, peak });
      results.set(name, result);
      if (options.json) console.log(jsonLine(name, result));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const shares = [...results.values()].flatMap((result) => result.peak ?? []);
  if (shares.length > 0) peaks.push(summary(shares).median);
  const text = report(results, { threads, rounds, peak: peaks });
  if (!options.json) console.log(text);
  if (options.save) {
    const command = ["npm run bench --", ...process.argv.slice(2)].join(" ");
    const document = `# The last full run\n\n${new Date().toISOString().slice(0, 10)}, \`${command}\`\n\n${text}\n`;
    writeFileSync(new URL("RESULTS.md", import.meta.url), document);
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130)); // "exit" ends the contenders
const options = parseOptions();
if (options.help) console.log(help);
else await main(options);
