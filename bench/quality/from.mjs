/**
 * @file What a run gains from a checkpoint's weights, in equal time: node bench/quality/from.mjs [--seconds 60 | --epochs 30,16] [--tokenizer characters] [--base CHECKPOINT] [--new FILE …].
 * The base is trained on corpora/fables.txt without its last 50 kB (some ten minutes); these, and 50 kB of the reviews and of docs/, are the new texts. Each text is trained from
 * scratch, from the base, and from the base with --replay 0.1, with one thread each, two at once, so that they share the machine alike. Test perplexity; the base's text: validation
 * perplexity. On a busy machine, --epochs gives the epochs of a run from scratch and of one from the base that take the same processor time.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "../..");
const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    epochs: { type: "string" },
    tokenizer: { type: "string", default: "characters" },
    "base-epochs": { type: "string", default: "10" },
    base: { type: "string" },
    new: { type: "string", multiple: true },
    replay: { type: "string", default: "0.1" },
    seed: { type: "string", default: "1" },
    /** Further options of the runs from the base, as in "--learning-rate 0.002". */
    with: { type: "string", default: "" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "rnn-from-"));
const newBytes = 50_000;

/** @returns the object of `rnn train --json` */
function train(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "bin/rnn.js"), "train", ...args, "--threads", "1", "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, notes] = ["", ""];
    child.stdout.on("data", (data) => (out += data));
    child.stderr.on("data", (data) => (notes += data));
    child.on("close", (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(notes))));
  });
}

const fables = readFileSync(join(root, "corpora/fables.txt"));
const write = (name, bytes) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const docs = ["engine", "reliability", "bigger", "pipelines", "results"].map((name) =>
  readFileSync(join(root, `docs/${name}.md`)),
);
/** The texts of the table, without their labels. */
const reviews = Buffer.from(
  readFileSync(join(root, "corpora/reviews.csv"), "utf8")
    .split("\n")
    .slice(1)
    .map((line) =>
      line
        .replace(/,[^,]*$/, "")
        .replace(/^"|"$/g, "")
        .replaceAll('""', '"'),
    )
    .join("\n"),
);
const texts = options.new ?? [
  write("rest of the fables", fables.subarray(-newBytes)),
  write("reviews", reviews.subarray(0, newBytes)),
  write("docs", Buffer.concat(docs).subarray(0, newBytes)),
];

let { base } = options;
if (base === undefined) {
  base = join(folder, "base");
  const most = write("most of the fables", fables.subarray(0, -newBytes));
  await train(most, "--tokenizer", options.tokenizer, "--epochs", options["base-epochs"], "--out", base);
}

const [scratchEpochs, fromEpochs] = options.epochs?.split(",") ?? [];
const lengthOf = (epochs) => [
  ...(epochs ? ["--epochs", epochs] : ["--for", `${options.seconds}s`]),
  "--seed",
  options.seed,
];
const scratchLength = lengthOf(scratchEpochs);
const fromLength = lengthOf(fromEpochs);
const further = options.with.split(" ").filter(Boolean);
const perplexityOf = ({ metrics }) => (metrics.test ?? metrics.validation).perplexity;
console.log(
  "| text | n-gram | from scratch | from the base | | with replay | | old text before | after | with replay |",
);
console.log("|---|---|---|---|---|---|---|---|---|---|");
for (const [index, text] of texts.entries()) {
  const out = (name) => ["--out", join(folder, `${index} ${name}`)];
  const [scratch, from] = await Promise.all([
    train(text, "--tokenizer", options.tokenizer, ...scratchLength, ...out("scratch")),
    train(text, "--from", base, ...fromLength, ...further, ...out("from")),
  ]);
  const [replayed] = await Promise.all([
    train(text, "--from", base, "--replay", options.replay, ...fromLength, ...further, ...out("replay")),
    train(text, "--tokenizer", options.tokenizer, ...scratchLength, ...out("again")), // so that the machine is as busy
  ]);
  const change = (now, before) => `${now > before ? "+" : ""}${((now / before - 1) * 100).toFixed(1)} %`;
  const own = perplexityOf(scratch);
  const [baseline] = scratch.metrics.test.baselines;
  const { before, after } = from.base;
  const cells = [
    text.split("/").at(-1),
    baseline.perplexity.toFixed(2),
    own.toFixed(2),
    perplexityOf(from).toFixed(2),
    change(perplexityOf(from), own),
    perplexityOf(replayed).toFixed(2),
    change(perplexityOf(replayed), own),
    before.perplexity.toFixed(2),
    `${after.perplexity.toFixed(2)} (${change(after.perplexity, before.perplexity)})`,
    `${replayed.base.after.perplexity.toFixed(2)} (${change(replayed.base.after.perplexity, before.perplexity)})`,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
rmSync(folder, { recursive: true, force: true });
