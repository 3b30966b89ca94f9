/** @file The real program: mutated inputs, closed pipes, and terminals of odd sizes. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inputs } from "./inputs.mjs";
import { bin, firstLine, mutated, oneOf, rnn, wrongEnd } from "./tools.mjs";

const small = ["--epochs", "1", "--units", "4", "--embedding", "4", "--threads", "1"];

const criticLabels = ["--label-map", "good=positive,bad=negative"];

/** Command lines on a file; `checkpoint` stands for a folder that does not exist yet. */
const commands = [
  (file, out) => ["train", file, ...small, "--out", out],
  (file) => ["classify", "-c", "critic", file],
  (file) => ["score", "-c", "storyteller", file],
  (file) => ["tokenize", file],
  (file) => ["evaluate", "-c", "critic", file, ...criticLabels],
];

export async function mutatedInputs({ count, folder, random }) {
  const failures = [];
  for (let attack = 0; attack < count; attack++) {
    const name = oneOf(random, Object.keys(inputs));
    const path = join(folder, `${attack}-${name}`);
    writeFileSync(path, mutated(inputs[name], random));
    const argv = oneOf(random, commands)(path, join(folder, `out-${attack}`));
    const wrong = wrongEnd(await rnn(argv, { cwd: folder, seconds: 60 }));
    if (wrong) failures.push(`rnn ${argv.join(" ")}: ${wrong}`);
  }
  return { tried: count, failures };
}

const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line} of the text`).join("\n");

const words = Array.from({ length: 8 }, (_, row) => `w${row}\tT${row % 2}`).join("\n");
const sentences = `${words}\n\n`.repeat(40);

/** Each command, with its standard input; the reader of its output leaves before or after the first bytes. */
const writers = [
  [["train", "story.txt", ...small, "--out", "trained"]],
  [["generate", "-c", "storyteller", "--max-tokens", "20000"], "a prompt"],
  [["classify", "-c", "critic"], lines],
  [["tag", "-c", "tagger"], lines],
  [["score", "-c", "storyteller"], lines],
  [["evaluate", "-c", "critic", "table.csv", ...criticLabels]],
  [["compare", "table.csv", ...small, "--networks", "gru,mean"]],
  [["tune", "table.csv", "--threads", "1", "--for", "3s"]],
  [["list"]],
  [["inspect", "-c", "critic"]],
  [["remove", "removed"]],
  [["report", "-c", "critic", "--out", "-"]],
  [["neighbours", "-c", "critic", "good", "bad"]],
  [["export", "critic", "--to", "safetensors", "--out", "exported"]],
  [["import", "weights/model.safetensors", "--like", "critic", "--out", "imported"]],
  [["tokenize", "-"], lines],
  [["windows", "-"], lines],
  [["step", "--steps", "500"]],
  [["doctor"]],
  [["completion", "bash"]],
  [["--help"]],
  [["train", "--help-all"]],
];

export async function closedPipes({ count, folder }) {
  const failures = [];
  for (const [name, content] of Object.entries(inputs)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, "tags.conll"), sentences);
  for (const argv of [
    ["train", "tags.conll", ...small, "--out", "tagger"],
    ["export", "critic", "--to", "safetensors", "--out", "weights"],
  ]) {
    const { code, stderr } = await rnn(argv, { cwd: folder });
    if (code !== 0) return { tried: 0, failures: [`rnn ${argv.join(" ")}: ${stderr}`] };
  }
  for (let attack = 0; attack < count; attack++) {
    const [argv, input = ""] = writers[Math.floor(attack / 2) % writers.length];
    for (const made of ["trained", "exported", "imported"])
      rmSync(join(folder, made), { recursive: true, force: true });
    cpSync(join(folder, "tagger"), join(folder, "checkpoints", "removed"), { recursive: true });
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, timeout: 60_000, killSignal: "SIGKILL" });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    if (attack % 2 === 0) child.stdout.destroy();
    else child.stdout.once("data", () => child.stdout.destroy());
    const [code, signal] = await new Promise((resolve) => child.on("close", (...end) => resolve(end)));
    const wrong = wrongEnd({ code, signal, stderr });
    if (wrong) failures.push(`rnn ${argv.join(" ")} | (closed): ${wrong}`);
    else if (code !== 0) failures.push(`rnn ${argv.join(" ")} | (closed): exit code ${code}: ${firstLine(stderr)}`);
  }
  return { tried: count, failures };
}

/** Commands in a terminal; the first ones also show progress. */
const shown = [
  ["train", "story.txt", ...small],
  ["train", "table.csv", ...small],
  ["train", "nosuch.txt"],
  ["generate", "-c", "storyteller", "--max-tokens", "50", "--seed", "1"],
  ["classify", "-c", "critic", "story.txt"],
  ["evaluate", "-c", "critic", "table.csv", ...criticLabels],
  ["score", "-c", "storyteller", "story.txt"],
  ["inspect", "-c", "critic"],
  ["tokenize", "story.txt"],
  ["list"],
  ["doctor"],
  ["--help"],
  ["train", "--help-all"],
];

export async function terminals({ count, folder }) {
  const failures = [];
  for (const [name, content] of Object.entries(inputs)) writeFileSync(join(folder, name), content);
  let tried = 0;
  for (const columns of [0, 1, 2, 20, 80].slice(0, count)) {
    for (const argv of shown) {
      tried++;
      const command = [process.execPath, bin, ...argv].map((word) => `'${word}'`).join(" ");
      const line = `stty cols ${columns} rows ${Math.min(columns, 24)}; ${command}`;
      const { status, signal, stdout } = spawnSync("script", ["-qec", line, "/dev/null"], {
        cwd: folder,
        timeout: 60_000,
        killSignal: "SIGKILL",
        encoding: "utf8",
        input: "",
        maxBuffer: 1 << 24,
      });
      const wrong = wrongEnd({ code: status, signal, stderr: stdout || "-" });
      if (wrong) failures.push(`${columns} columns, rnn ${argv.join(" ")}: ${wrong}`);
    }
  }
  return { tried, failures };
}
