/**
 * @file Whether `rnn label` saves labels: a bag of n-grams is trained on 100 texts, then five times on 100 more, which a strategy of `rnn label` chooses from
 * the rest of the training texts, or chance does. Accuracy on the test part after each time, mean and standard deviation over the seeds, which draw the first
 * texts too. `margin-alone` takes the smallest margins, whatever texts they are of. Headlines: 8,000 to choose from, 4,000 to test; AG News: 6,000 and 1,600.
 *   node bench/quality/labelEfficiency.mjs DATA [--only sst2,headlines,agnews,trec] [--strategies random,margin,…] [--seeds 3] [--held 200]
 * With `--held N` the validation part is N more labeled texts, which chance draws, and nothing is held out for a test; else `rnn train` splits the chosen ones.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { classify, label, loadModel, train } from "../../dist/index.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "sst2,headlines,agnews,trec" },
    strategies: { type: "string", default: "random,margin,entropy,least-confidence,margin-alone" },
    seeds: { type: "string", default: "3" },
    step: { type: "string", default: "100" },
    rounds: { type: "string", default: "5" },
    held: { type: "string", default: "0" },
  },
});
const [data] = positionals;
const [step, rounds, held] = [values.step, values.rounds, values.held].map(Number);
const folder = mkdtempSync(join(tmpdir(), "rnn-label-"));

/** Numbers in 0 … 1 (mulberry32). */
function chanceOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(items, random) {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other], list[last]];
  }
  return list;
}

const linesOf = (path, encoding = "utf8") => readFileSync(join(data, path), encoding).split("\n").filter(Boolean);

const sst2 = (part) =>
  linesOf(`sst2/${part}.tsv`).map((line) => {
    const [text, own] = line.split("\t");
    return { text, label: own };
  });
const trec = (part) =>
  linesOf(`trec/${part}.txt`, "latin1").map((line) => {
    const [, own, text] = /^(\w+):\S+ (.*)$/.exec(line);
    return { text, label: own };
  });
function headlines() {
  const of = (name) => linesOf(`headlines/${name}_data.txt`).map((text) => ({ text, label: name }));
  return shuffled([...of("clickbait"), ...of("non_clickbait")], chanceOf(1));
}

const agnews = () =>
  shuffled(
    linesOf("agnews/test.csv").map((line) => {
      const [, own, title, text] = /^"(\d)","(.*?)","(.*)"$/.exec(line);
      return { text: `${title} ${text}`, label: own };
    }),
    chanceOf(1),
  );

const corpora = {
  sst2: () => ({ pool: sst2("train"), test: sst2("test") }),
  headlines: () => {
    const all = headlines().slice(0, 12_000);
    return { pool: all.slice(4000), test: all.slice(0, 4000) };
  },
  agnews: () => {
    const all = agnews();
    return { pool: all.slice(1600), test: all.slice(0, 1600) };
  },
  trec: () => ({ pool: trec("train"), test: trec("test") }),
};

/** The indices of the next rows, by strategy. */
async function nextRows(strategy, model, pool, labeled, random) {
  const rest = [...pool.keys()].filter((row) => !labeled.has(row));
  if (strategy === "random") return shuffled(rest, random).slice(0, step);
  if (strategy !== "margin-alone") {
    const rows = pool.map(({ text, label: own }, row) => ({ text, label: labeled.has(row) ? own : null }));
    return (await label(model, rows, { next: step, strategy })).map(({ index }) => index);
  }
  const margins = new Map();
  let at = 0;
  for await (const [first, second] of classify(
    model,
    rest.map((row) => pool[row].text),
  ))
    margins.set(rest[at++], first.probability - second.probability);
  return rest.toSorted((left, right) => margins.get(left) - margins.get(right)).slice(0, step);
}

async function accuracyOn(model, test) {
  let right = 0;
  let at = 0;
  for await (const [best] of classify(
    model,
    test.map(({ text }) => text),
  ))
    if (best.label === test[at++].label) right++;
  return (100 * right) / test.length;
}

function writeTable(file, rows) {
  const lines = rows.map(({ text, label: own }) => `${cell(text)},${cell(own)}\n`);
  writeFileSync(file, `text,label\n${lines.join("")}`);
}

const cell = (text) => `"${text.replaceAll('"', '""')}"`;

/** The accuracies after each round. */
async function curveOf(strategy, { pool: all, test }, seed) {
  const random = chanceOf(seed);
  const drawn = held > 0 ? shuffled(all, chanceOf(seed + 50)) : all;
  const pool = drawn.slice(held);
  const validation = join(folder, "validation.csv");
  writeTable(validation, drawn.slice(0, held));
  const labeled = new Set(shuffled(pool.keys(), random).slice(0, step));
  const accuracies = [];
  for (let round = 0; round <= rounds; round++) {
    const [file, out] = [join(folder, "labeled.csv"), join(folder, "model")];
    writeTable(
      file,
      [...labeled].map((row) => pool[row]),
    );
    rmSync(out, { recursive: true, force: true });
    await train(file, { model: "bag", out, seed, ...(held > 0 && { validation, test: 0 }) });
    const model = await loadModel(out, { task: "classifier" });
    accuracies.push(await accuracyOn(model, test));
    if (round < rounds) for (const row of await nextRows(strategy, model, pool, labeled, random)) labeled.add(row);
    model.dispose();
  }
  return accuracies;
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const deviation = (numbers) =>
  Math.sqrt(numbers.reduce((sum, number) => sum + (number - mean(numbers)) ** 2, 0) / Math.max(1, numbers.length - 1));

try {
  for (const name of values.only.split(",")) {
    const corpus = corpora[name]();
    for (const strategy of values.strategies.split(",")) {
      const curves = [];
      for (let seed = 1; seed <= Number(values.seeds); seed++) curves.push(await curveOf(strategy, corpus, seed));
      const cells = curves[0].map((_, round) => {
        const column = curves.map((curve) => curve[round]);
        return `${mean(column).toFixed(1)} ± ${deviation(column).toFixed(1)}`;
      });
      console.log(`| ${name} | ${strategy} | ${cells.join(" | ")} |`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
