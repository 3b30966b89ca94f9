/** @file Command lines as values of the declared options. */
import { expect, test } from "vitest";
import { commands as listed, loadCommand } from "../../src/cli/commands/index.js";
import { parseArguments } from "../../src/cli/parseArguments.js";
import { spellingsOf } from "../../src/options/option.js";

const commands = await Promise.all(listed.map(loadCommand));

const parse = (line: string, ...more: string[]) => {
  const [name, ...words] = line.split(" ");
  return parseArguments([...words, ...more], commands.find((command) => command.name === name)!.options);
};

test("options: the names of other tools set the same options", () => {
  const line = "train fables.txt --lr 1e-3 --batch-size 32 --seq-length 50 --hidden-size 256 --num-layers 2";
  expect(parse(line)).toEqual({
    given: { learningRate: 0.001, batchSize: 32, sequenceLength: 50, units: [256], layers: 2 },
    words: ["fables.txt"],
  });
  expect(parse("generate --temp 0.8 -n 20 --top_k 5").given).toEqual({ temperature: 0.8, maxTokens: 20, topK: 5 });
});

test.each([
  ["train --steps 9", { sequenceLength: 9 }],
  ["train --seq-len 9", { sequenceLength: 9 }],
  ["train --bptt 9", { sequenceLength: 9 }],
  ["train --block_size 9", { sequenceLength: 9 }],
  ["train --longest 9", { maxLength: 9 }],
  ["train --max-len 9", { maxLength: 9 }],
  ["train --batch 9", { batchSize: 9 }],
  ["train --decay 0.9 --decay-after 2", { lrDecay: 0.9, lrDecayAfter: 2 }],
  ["train --clip 2", { clipNorm: 2 }],
  ["train --grad-clip 2", { clipNorm: 2 }],
  ["train --max_grad_norm 2", { clipNorm: 2 }],
  ["train --tied --learned-start", { tieWeights: true, learnedInitialState: true }],
  ["train --initial uniform --initial-range 0.2", { init: "uniform", initRange: 0.2 }],
  ["train --dropout-kind variational", { variationalDropout: true }],
  ["train --dropout-kind each", { variationalDropout: false }],
  ["train --characters 8", { charUnits: 8 }],
  ["train --rnn-size 9", { units: [9] }],
  ["train --num-units 9", { units: [9] }],
  ["train --keep-prob 0.8", { dropout: 0.2 }],
  ["train --tokenizer spaces", { tokenizer: "whitespace" }],
  ["train --labels a.idx", { labelsFile: "a.idx" }],
  ["import --labels a,b --steps 3", { labels: ["a", "b"], sequenceLength: 3 }],
  ["generate --length 9 --samples 2", { maxTokens: 9, numSamples: 2 }],
  ["generate --n-predict 9", { maxTokens: 9 }],
  ["generate --num-tokens 9", { maxTokens: 9 }],
  ["generate --show 3", { logprobs: 3 }],
  ["compare --with lstm,gru", { networks: ["lstm", "gru"] }],
  ["tag --output conllu", { format: "conllu" }],
  ["classify --format jsonl", { format: "jsonl" }],
  ["classify --format json", { format: "jsonl" }],
  ["evaluate --json", { format: "json" }],
  ["export --format onnx --json", { to: "onnx", json: true }],
])("options: %s is accepted", (line, given) => {
  expect(parse(line)).toEqual({ given, words: [] });
});

test("options: values after = or in the next word, arguments that begin with -, and words after --", () => {
  expect(parse("step --units=2 -1 0.5 -.5 -").words).toEqual(["-1", "0.5", "-.5", "-"]);
  expect(parse("generate -t0.5 -p=it --stop", "a=b", "--stop", "\n").given).toEqual({
    temperature: 0.5,
    prompt: "it",
    stop: ["a=b", "\n"],
  });
  expect(parse("classify -- --top -c").words).toEqual(["--top", "-c"]);
  expect(() => parse("generate --prompt --top-k 3")).toThrow("--prompt needs a value");
  expect(parse("generate --prompt=--top-k").given).toEqual({ prompt: "--top-k" });
});

test("options: a text that begins with a dash, a letter with its value, and a flag that is switched off", () => {
  expect(parse("generate", "--stop", String.raw`\n`, "--stop", String.raw`a\tb\\n\x`).given).toEqual({
    stop: ["\n", String.raw`a${"\t"}b\n\x`],
  });
  expect(parse("generate", "- one", "-n20", "-cfables", "--stop=-x", "--prompt='it'")).toEqual({
    given: { maxTokens: 20, checkpoint: "fables", stop: ["-x"], prompt: "'it'" },
    words: ["- one"],
  });
  expect(parse("generate --prompt -").given).toEqual({ prompt: "-" });
  expect(parse("train --residual=false --no-header a.csv")).toEqual({
    given: { residual: false, noHeader: true },
    words: ["a.csv"],
  });
  expect(() => parse("train ---units 3")).toThrow("Unknown option ---units");
});

test.each(commands)("options: no two options of $usage have a spelling in common", ({ options }) => {
  const spellings = Object.entries(options).flatMap(([name, option]) => spellingsOf(name, option));
  expect(new Set(spellings).size).toBe(spellings.length);
  const short = Object.values(options).flatMap((option) => option.short ?? []);
  expect(new Set(short).size).toBe(short.length);
  expect(short).not.toContain("h");
});
