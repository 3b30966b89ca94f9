/**
 * @file What `rnn train` reaches without options, beside the n-gram model: test perplexity and bits per byte.
 *   node bench/quality/defaults.mjs --for SECONDS [--tokenizers characters,subwords,words] [--threads N] [--seed N] [RNN OPTIONS] NAME=FILE …
 * `NAME=FILE,lines` reads each line as a document. The time is for a machine whose matrix products run at 600 GFLOP/s, and is scaled by `--peak`, the speed
 * of this one (bench/peak.c). One line of JSON for each run, then the table.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    for: { type: "string", default: "60" },
    peak: { type: "string", default: "600" },
    tokenizers: { type: "string", default: "characters,subwords,words" },
    threads: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    extra: { type: "string", default: "" },
  },
});

const seconds = Math.round((Number(values.for) * 600) / Number(values.peak));
const program = join(import.meta.dirname, "../../bin/rnn.js");
const folder = mkdtempSync(join(tmpdir(), "rnn-defaults-"));
const rows = [];
for (const given of positionals) {
  const [, name, file, lines] = /^([^=]+)=(.+?)(,lines)?$/.exec(given);
  for (const tokenizer of values.tokenizers.split(",")) {
    const out = join(folder, `${name}-${tokenizer}`);
    const started = performance.now();
    const options = [
      "--for",
      `${seconds}s`,
      "--tokenizer",
      tokenizer,
      "--seed",
      values.seed,
      "--threads",
      values.threads,
    ];
    const documents = lines ? ["--documents", "lines"] : [];
    const extra = values.extra.split(" ").filter((word) => word !== "");
    execFileSync(process.execPath, [program, "train", file, "--out", out, ...options, ...documents, ...extra], {
      stdio: "ignore",
    });
    const inspected = JSON.parse(
      execFileSync(process.execPath, [program, "inspect", out, "--json"], { encoding: "utf8" }),
    );
    const row = {
      name,
      tokenizer,
      bytes: statSync(file).size,
      seconds: (performance.now() - started) / 1000,
      options: inspected.options,
      metrics: inspected.metrics,
    };
    rows.push(row);
    console.log(JSON.stringify(row));
    rmSync(out, { recursive: true });
  }
}
rmSync(folder, { recursive: true });
