/** @file `npm run bench`: measures rnn and other frameworks side by side, row by row. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { contendersOf } from "./contenders.mjs";
import { dimensions, grow, growthTable } from "./growth.mjs";
import { buildPrograms, describeMachine, processorName } from "./machine.mjs";
import { measure } from "./measure.mjs";
import { save, writePage } from "./results.mjs";
import { rows, shortRows } from "./rows.mjs";
import { firstScreen } from "./screen.mjs";
import { jsonLine, report, titleOf } from "./table.mjs";

const help = `npm run bench -- [options]

Without options: ${shortRows.length} rows in about five minutes, and how many times as fast as PyTorch, Keras and ONNX Runtime rnn is on this machine.

  --all                 measure every row; print the table too
  --rows A,B            measure these rows only; print the table too
  --growth              measure how the training speed of rnn and PyTorch scales, instead of the rows
  --values N,M          with --growth: measure these values of the dimensions only; --save keeps the others
  --rounds N            repetitions of each program in each row (default: 3)
  --threads N           threads of each program (default: 2)
  --beside NAME=COMMAND add a program that implements the protocol of bench/serve.mjs, such as bench/ours.mjs of another build; may be repeated
  --no-peers            measure rnn and the programs of --beside only
  --json                print one line of JSON per row
  --save                write the results to bench/RESULTS.md and README.md, in the section of this processor
  --page                measure nothing; write bench/RESULTS.md, its pictures and README.md again from the saved results
  --help                show this help

Rows: ${Object.keys(rows).join(", ")}
With --growth, --rows takes: ${Object.keys(dimensions).join(", ")}
`;

/** Colors the bars of rnn, if stdout is a terminal and NO_COLOR is not set. */
const paint = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText("cyan", text) : text);

const usage = (message) => {
  console.error(`${message}\nSee npm run bench -- --help`);
  process.exit(2);
};

function wholeNumber(name, value) {
  if (!/^[1-9]\d*$/.test(value)) usage(`--${name}: expected a whole number ≥ 1, got "${value}"`);
  return Number(value);
}

function parseOptions() {
  try {
    return parseArgs({
      allowNegative: true,
      options: {
        all: { type: "boolean", default: false },
        rows: { type: "string" },
        growth: { type: "boolean", default: false },
        values: { type: "string" },
        rounds: { type: "string", default: "3" },
        threads: { type: "string", default: "2" },
        beside: { type: "string", multiple: true, default: [] },
        peers: { type: "boolean", default: true },
        json: { type: "boolean", default: false },
        save: { type: "boolean", default: false },
        page: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return usage(error.message);
  }
}

function parseBeside(text) {
  const [, name, command] = /^([^=]+)=(.+)$/.exec(text) ?? usage(`--beside: expected NAME=COMMAND, got "${text}"`);
  const words = command.split(" ");
  return [name, { commands: Object.fromEntries(Object.values(rows).map(({ work }) => [work, words])), missing: null }];
}

/** The names that the options select. */
function selectedNames({ all, growth, rows: list }) {
  const table = growth ? dimensions : rows;
  const names = list?.split(",");
  if (all && names) usage("--all and --rows exclude each other");
  const unknown = names?.find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined) usage(`--rows: unknown name "${unknown}"; names are: ${Object.keys(table).join(", ")}`);
  if (names) return names;
  return growth || all ? Object.keys(table) : shortRows;
}

async function measureRows({ names, json, contenders, ...options }) {
  const results = new Map();
  for (const name of names) {
    console.error(`${name} …`);
    const result = await measure(rows[name], contendersOf(rows[name], contenders), options);
    results.set(name, result);
    for (const [contender, reason] of Object.entries(result.absent))
      console.error(`  not run: ${titleOf(contender)} (${reason})`);
    if (json) console.log(jsonLine(name, result));
  }
  return results;
}

async function measureGrowth({ names, json, ...options }) {
  const growth = {};
  for (const name of names) {
    console.error(`${name} …`);
    growth[name] = [];
    for await (const point of grow(name, options)) {
      growth[name].push(point);
      if (json) console.log(JSON.stringify({ dimension: name, ...point }));
    }
  }
  return growth;
}

async function main(options) {
  const names = selectedNames(options);
  const rounds = wholeNumber("rounds", options.rounds);
  const threads = wholeNumber("threads", options.threads);
  const values = options.values?.split(",").map((value) => wholeNumber("values", value));
  const others = Object.fromEntries(options.beside.map(parseBeside));
  const { json, peers: withPeers } = options;
  const folder = mkdtempSync(join(tmpdir(), "rnn-bench-"));
  try {
    const programs = buildPrograms(folder);
    const run = { machine: await describeMachine(programs, threads), rounds, threads };
    if (options.growth) {
      const growth = await measureGrowth({ names, json, values, rounds, threads, withPeers });
      if (!json) console.log(growthTable(growth));
      if (options.save) await save(processorName(), { run, growth });
    } else {
      const contenders = { withPeers, others };
      const results = await measureRows({ names, json, contenders, rounds, threads, programs });
      if (!json) console.log(firstScreen(results, run, paint));
      if (!json && (options.all || options.rows)) console.log(`\n${report(results, run)}`);
      if (options.save) await save(processorName(), { run, rows: Object.fromEntries(results) });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130)); // the "exit" handlers end the contenders
const options = parseOptions();
if (options.help) console.log(help);
else {
  try {
    await (options.page ? writePage() : main(options));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
