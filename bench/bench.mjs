/** @file `npm run bench`: this project beside its peers in the same run, row by row. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { contendersOf } from "./contenders.mjs";
import { dimensions, grow, growthTable } from "./growth.mjs";
import { buildPrograms, describeMachine, processorName } from "./machine.mjs";
import { measure } from "./measure.mjs";
import { save } from "./results.mjs";
import { rows } from "./rows.mjs";
import { jsonLine, report } from "./table.mjs";

const help = `npm run bench -- [options]

  --only ROW            one row; may be given several times: ${Object.keys(rows).join(", ")}
  --growth              how speed grows beside PyTorch instead of the rows; --only chooses among ${Object.keys(dimensions).join(", ")}
  --rounds N            repetitions of each contender in each row (5)
  --threads N           for all of them (2)
  --beside NAME=COMMAND one more contender: a program that speaks the protocol of bench/serve.mjs, such as another build's bench/ours.mjs
  --no-peers            ours (and --beside) alone
  --json                a line of JSON a row
  --save                write what was measured into bench/RESULTS.md, in the section of this processor
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
        only: { type: "string", multiple: true },
        growth: { type: "boolean", default: false },
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
  const words = command.split(" ");
  return [name, { commands: Object.fromEntries(Object.values(rows).map(({ work }) => [work, words])), missing: null }];
}

/** @param {string[] | undefined} only @param {object} table of all */
function chosenOf(only, table) {
  const unknown = only?.find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined) usage(`there is no ${unknown}: choose among ${Object.keys(table).join(", ")}`);
  return only ?? Object.keys(table);
}

async function measureRows({ chosen, json, contenders, ...options }) {
  const results = new Map();
  for (const name of chosen) {
    console.error(`${name} …`);
    const result = await measure(rows[name], contendersOf(rows[name], contenders), options);
    results.set(name, result);
    for (const [contender, reason] of Object.entries(result.absent))
      console.error(`  absent: ${contender} (${reason})`);
    if (json) console.log(jsonLine(name, result));
  }
  return results;
}

async function measureGrowth({ chosen, json, ...options }) {
  const growth = {};
  for (const name of chosen) {
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
  const chosen = chosenOf(options.only, options.growth ? dimensions : rows);
  const rounds = wholeNumber("rounds", options.rounds);
  const threads = wholeNumber("threads", options.threads);
  const others = Object.fromEntries(options.beside.map(besideOf));
  const { json, peers: withPeers } = options;
  const folder = mkdtempSync(join(tmpdir(), "rnn-bench-"));
  try {
    const programs = buildPrograms(folder);
    const run = { machine: await describeMachine(programs, threads), rounds, threads };
    if (options.growth) {
      const growth = await measureGrowth({ chosen, json, rounds, threads, withPeers });
      if (!json) console.log(growthTable(growth));
      if (options.save) await save(processorName(), { run, growth });
    } else {
      const contenders = { withPeers, others };
      const results = await measureRows({ chosen, json, contenders, rounds, threads, programs });
      if (!json) console.log(report(results, run));
      if (options.save) await save(processorName(), { run, rows: Object.fromEntries(results) });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130)); // "exit" ends the contenders
const options = parseOptions();
if (options.help) console.log(help);
else await main(options);
