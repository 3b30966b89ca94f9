/** @file The command in a shell: its output, its errors and its exit codes. */
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { version } from "../../src/common/version.js";
import { bin, rnn, shell } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { documentIn, trainInto } from "../support/models.js";
import { csvOf, opinions, tale } from "../support/texts.js";

const cwd = folderWith({
  "tale.txt": tale(60),
  "opinions.csv": csvOf(opinions(40)),
  "empty.txt": "",
  "blank.txt": " \n\n",
  "latin.txt": Buffer.from("caf\xe9 au lait\n", "latin1"),
  "binary.txt": Buffer.from([80, 75, 0, 1, 2]),
  "one.csv": "text,label\na,yes\nb,yes\n",
  "columns.csv": `words,mood\n${"a,yes\nb,no\n".repeat(10)}`,
  "places.csv": "oak,elm\nash,elm\n",
  "torn.csv": 'text,label\n"a,yes\nb,no\n',
  "broken.jsonl": '{"text":"a"}\n{"text":\n',
  "folder/note.md5": "x",
});
const run = (...argv: string[]) => rnn(argv, { cwd });

beforeAll(async () => {
  const pathOf = (name: string): string => join(cwd, name);
  await trainInto(pathOf("writer"), pathOf("tale.txt"), {});
  await trainInto(pathOf("sorter"), pathOf("columns.csv"), { textColumn: ["words"], labelColumn: "mood" });
  for (const damage of ["cut", "changed", "newer", "unreadable", "hostile"])
    await trainInto(pathOf(damage), pathOf("tale.txt"), { epochs: 1 });
  const weights = join(cwd, "cut", documentIn(pathOf("cut")).files.weights.name);
  truncateSync(weights, 1000);
  const changed = documentIn(pathOf("changed")).files.weights;
  writeFileSync(join(cwd, "changed", changed.name), Buffer.alloc(changed.bytes, 7));
  const rewrite = (name: string, text: string) => writeFileSync(join(cwd, name, "checkpoint.json"), text);
  rewrite("newer", JSON.stringify({ ...documentIn(pathOf("newer")), version: 99 }));
  rewrite("unreadable", "{");
  const { digest: _, ...hostile } = documentIn(pathOf("hostile"));
  rewrite("hostile", JSON.stringify({ ...hostile, spec: { ...hostile.spec, vocabulary: 1e9, classes: 1e9 } }));
});

test("rnn: without a command it prints the help, as `rnn help` does, and exits with 1; --version prints the version", async () => {
  const help = await run("--help");
  expect(await run()).toEqual({ ...help, code: 1 });
  expect(await run("help")).toEqual(help);
  expect(await run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

const mistakes: [line: string, message: RegExp][] = [
  ["fly", /Unknown command fly; commands are: train, generate/],
  ["trian tale.txt", /Unknown command trian; did you mean train\?/],
  ["train", /the corpus is missing; name one, as in `rnn train corpora\/fables\.txt`/],
  ["train tale.txt --speed 3", /Unknown option --speed; did you mean --seed/],
  ["train tale.txt --hiden-size 8", /Unknown option --hiden-size; did you mean --hidden-size \(--units\)\?/],
  ["train tale.txt --sequence_lenth 8", /Unknown option --sequence_lenth; did you mean --sequence-length\?/],
  ["train tale.txt --lr 1 --learning-rate 2", /--lr and --learning-rate set the same option; remove one of them/],
  ["train tale.txt --units 4 --units 4", /--units is given twice; give it once/],
  ["train tale.txt --dropout 0.1 --keep-prob 0.8", /--dropout and --keep-prob set the same option/],
  ["train tale.txt --units 8,4 --layers 2", /--layers 2 needs one number in --units, got 8,4/],
  ["train tale.txt --residual=3", /--residual takes no value/],
  ["train -z tale.txt", /Unknown option -z/],
  ["generate --json --format text", /--json and --format set the same option/],
  ["train tale.txt --units", /--units needs a value/],
  ["train tale.txt --units 0", /--units: expected a whole number from 1, got 0/],
  ["train tale.txt --cell tree", /cell.*tree/s],
  ["train tale.txt --learning-rate abc", /--learning-rate: expected a number above 0, got abc/],
  ["train tale.txt --validation 0.5 --test 0.5", /--validation 0\.5 and --test 0\.5 leave no training part/],
  ["train tale.txt --bidirectional yes", /add --examples windows/],
  [
    "train tale.txt --text-column text",
    /--text-column has no effect here, because tale\.txt is read as text; remove it/,
  ],
  ["windows one.csv two.csv", /Unexpected argument two\.csv; the usage is `rnn windows \[file\]`/],
  ["windows --steps 2 -- one.csv two.csv", /Unexpected argument two\.csv/],
  ["train --resume writer --units 4", /--units cannot change in a resumed run/],
  ["train --resume writer --learning-rate 1", /--learning-rate cannot change in a resumed run/],
  ["train tale.txt --epochs 1 --for 5s", /--epochs and --for both set the length of the training; remove one of them/],
  ["tokenize tale.txt -c writer --lowercase", /--lowercase has no effect with --checkpoint writer; remove one of them/],
  ["generate Once --prompt upon", /the prompt is given twice/],
  ["generate --num-samples 9999", /--num-samples: expected a whole number from 1 to 1024, got 9999/],
  ["classify --top many", /--top: expected a whole number from 1, got many/],
];
test.concurrent.each(mistakes)("cli: `rnn %s` is a usage error", async (line, message) => {
  const { code, stdout, stderr } = await run(...line.split(" "));
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^rnn: [^\n]+(\n[^\n]+)*\nSee `rnn [a-z ]*--help`\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

const failures: [line: string, message: RegExp][] = [
  ["train nowhere.txt", /^rnn: could not read nowhere\.txt: no such file or folder$/],
  ["train empty.txt", /^rnn: empty\.txt: no text in it; name a file that has text$/],
  ["train blank.txt", /^rnn: blank\.txt: no text in it; name a file that has text$/],
  [
    "train latin.txt --encoding utf-8",
    /^rnn: latin\.txt:1: undecodable byte 0xE9 at character 4; for another encoding, add --encoding, as in --encoding windows-1252$/,
  ],
  ["train binary.txt", /^rnn: binary\.txt: not text: NUL byte at offset 2; name a text file$/],
  ["train folder", /^rnn: folder: no text files in it/],
  [
    "train one.csv",
    /^rnn: one\.csv has only one label, yes; a classifier needs two or more: .*--label-column.*--task generator$/,
  ],
  [
    "train places.csv",
    /^rnn: places\.csv: the first row \(oak, elm\) has no known text column; name one with --text-column/,
  ],
  [
    "train columns.csv --text-column words --label-column tone",
    /no such column "tone" for --label-column; columns are: words, mood/,
  ],
  ["train torn.csv", /^rnn: torn\.csv/],
  ["train broken.jsonl", /^rnn: broken\.jsonl.*2/],
  ["train tale.txt --out writer", /^rnn: --out writer exists and is not an empty folder/],
  ["train tale.txt --task classifier", /^rnn: tale\.txt has no labels; a classifier needs them/],
  ["train tale.txt --units 9999999", /^rnn: a network of 4\.\d+e\+14 parameters is too large: use fewer --units/],
  ["train --resume nowhere", /^rnn: no checkpoint named "nowhere"/],
  ["generate -c nowhere", /^rnn: no checkpoint named "nowhere"/],
  ["generate -c ./nowhere", /^rnn: no checkpoint at \.\/nowhere: no such folder$/],
  [
    "classify -c writer tale.txt",
    /^rnn: writer is a generator; this command needs a classifier or regressor: name one with --checkpoint, or use `rnn generate`$/,
  ],
  ["generate -c crtiic", /^rnn: no checkpoint named "crtiic"; did you mean critic\?$/],
  ["train tale.txt --out tale.txt", /^rnn: --out tale\.txt exists and is not an empty folder; name a new one$/],
  [
    "export writer --to safetensors --out tale.txt",
    /^rnn: tale\.txt exists already and is not a folder; name a new folder with --out$/,
  ],
  ["generate -c cut", /damaged: 1000 bytes instead of \d+; restore the checkpoint from a copy or train again$/],
  ["generate -c changed", /damaged: it has changed since it was saved \(its SHA-256 differs\)/],
  ["generate -c newer", /written by a newer rnn \(format 99; this version reads up to 1\); update rnn$/],
  ["generate -c unreadable", /damaged: not JSON/],
  ["generate -c hostile", /^rnn: hostile: damaged or edited: .* 24 tokens .* 1000000000 tokens/],
  ["train --resume hostile", /^rnn: hostile: damaged or edited/],
  ["evaluate -c sorter tale.txt", /^rnn: tale\.txt has no labels; a classifier needs them/],
  ["evaluate -c writer nowhere.txt", /^rnn: could not read nowhere\.txt/],
];
test.concurrent.each(failures)("cli: `rnn %s` fails with one line", async (line, message) => {
  const { code, stdout, stderr } = await run(...line.split(" "));
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr.trimEnd()).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
});

test("backend: RNN_BACKEND names the backend, an option overrides it, and an unknown name is an error", async () => {
  const quick = ["--epochs", "1", "--units", "2", "--embedding", "2"];
  const chosen = async (name: string, out: string, ...argv: string[]) => {
    const line = ["train", "tale.txt", ...quick, "--out", out, ...argv];
    const { stderr } = await rnn(line, { cwd, env: { RNN_BACKEND: name } });
    return /^backend +(\w+)/m.exec(stderr)?.[1];
  };
  expect(await chosen("cpu", "by variable")).toBe("cpu");
  expect(await chosen("nonsense", "by option", "--backend", "cpu")).toBe("cpu");
  const wrong = await rnn(["doctor"], { cwd, env: { RNN_BACKEND: "abacus" } });
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/expected one of auto, native, .*cpu, got abacus/);
});

test("cli: the program runs through a symbolic link, as package managers install it", async () => {
  symlinkSync(bin, join(cwd, "rnn"));
  expect(await shell("./rnn --version", { cwd })).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("cli: - is standard input; a flag may be given twice", async () => {
  const { stdout } = await shell("printf 'a b c d' | rnn windows - --steps 2 --json --json", { cwd });
  expect(stdout).toBe('{"inputs":["a","b"],"target":"c"}\n{"inputs":["b","c"],"target":"d"}\n');
});

test("cli: a reader that closes the pipe ends the program with code 0", async () => {
  const line =
    'rnn generate -c writer --length 100000 --seed 1 < /dev/null | head -c 10; echo; echo "${PIPESTATUS[0]}"';
  const { stdout, stderr } = await shell(line, { cwd });
  expect(stdout).toMatch(/^[^]{10}\n0\n$/);
  expect(stderr).toBe("");
});
