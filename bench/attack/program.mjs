/** @file The real program: mutated inputs, closed pipes, and terminals of odd sizes. */
import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inputs } from "./readers.mjs";
import { bin, mutated, oneOf, rnn, wrongEnd } from "./tools.mjs";

const small = ["--epochs", "1", "--units", "4", "--embedding", "4", "--threads", "1"];

/** Command lines on a file; `checkpoint` stands for a folder that does not exist yet. */
const commands = [
  (file, out) => ["train", file, ...small, "--out", out],
  (file) => ["classify", "-c", "critic", file],
  (file) => ["score", "-c", "storyteller", file],
  (file) => ["tokenize", file],
  (file) => ["evaluate", "-c", "critic", file],
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

/** Commands that write much, or for long; their reader leaves after the first bytes. */
const writers = [
  ["generate", "-c", "storyteller", "--max-tokens", "20000"],
  ["classify", "-c", "critic"],
  ["score", "-c", "storyteller"],
  ["tokenize", "-"],
  ["windows", "-"],
  ["list"],
  ["--help"],
  ["train", "--help-all"],
  ["inspect", "-c", "critic"],
  ["doctor"],
];

export async function closedPipes({ count, folder }) {
  const failures = [];
  for (let attack = 0; attack < count; attack++) {
    const argv = writers[attack % writers.length];
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, timeout: 60_000, killSignal: "SIGKILL" });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(argv[0] === "generate" ? "a prompt" : lines);
    if (attack % 2 === 0) child.stdout.destroy();
    else child.stdout.once("data", () => child.stdout.destroy());
    const [code, signal] = await new Promise((resolve) => child.on("close", (...end) => resolve(end)));
    const wrong = wrongEnd({ code, signal, stderr });
    if (wrong) failures.push(`rnn ${argv.join(" ")} | (closed): ${wrong}`);
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
  ["evaluate", "-c", "critic", "table.csv"],
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
