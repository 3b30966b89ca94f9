/** @file The outputs of each command: closed pipes, and terminals of odd sizes. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { criticLabels, prepareFolder, tiny } from "./prepare.mjs";
import { bin, eachAtOnce, firstLine, limitTime, runProgram, wrongEnd } from "./tools.mjs";

const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line} of the text`).join("\n");

/** Each command, with its standard input and its exit code, if that is not 0. */
const commands = [
  { argv: ["train", "story.txt", ...tiny, "--out", "trained"] },
  { argv: ["train", "table.csv", ...tiny] },
  { argv: ["train", "nosuch.txt"], code: 1 },
  { argv: ["train", "table.csv", "--dry-run"] },
  { argv: ["generate", "-c", "storyteller", "--max-tokens", "20000"], input: "a prompt" },
  { argv: ["classify", "-c", "critic"], input: lines },
  { argv: ["classify", "-c", "critic", "--workers", "2"], input: lines },
  { argv: ["tag", "-c", "tagger"], input: lines },
  { argv: ["score", "-c", "storyteller", "story.txt"] },
  { argv: ["evaluate", "-c", "critic", "table.csv", ...criticLabels] },
  { argv: ["compare", "table.csv", ...tiny, "--networks", "gru,mean"] },
  { argv: ["tune", "table.csv", "--threads", "1", "--for", "3s"] },
  { argv: ["list"] },
  { argv: ["inspect", "-c", "critic"] },
  { argv: ["remove", "removed"] },
  { argv: ["report", "-c", "critic", "--out", "-"] },
  { argv: ["neighbours", "-c", "critic", "good", "bad"] },
  { argv: ["export", "critic", "--to", "safetensors", "--out", "exported"] },
  { argv: ["import", "weights/model.safetensors", "--like", "critic", "--out", "imported"] },
  { argv: ["tokenize", "-"], input: lines },
  { argv: ["windows", "-"], input: lines },
  { argv: ["step", "--steps", "500"] },
  { argv: ["doctor"] },
  { argv: ["completion", "bash"] },
  { argv: ["--help"] },
  { argv: ["train", "--help-all"] },
];

const seconds = 120;

/** Runs `attack` for each command and each way, in a folder of its own. */
async function attackCommands(folder, ways, attack) {
  const template = join(folder, "template");
  mkdirSync(template);
  await prepareFolder(template);
  cpSync(join(template, "tagger"), join(template, "checkpoints/removed"), { recursive: true });
  const attacks = ways.flatMap((way) => commands.map((command) => ({ way, command })));
  const failures = await eachAtOnce(attacks, async ({ way, command }, index) => {
    const cwd = join(folder, String(index));
    cpSync(template, cwd, { recursive: true });
    mkdirSync(join(cwd, "temporary"));
    const failure = await attack(way, command, { cwd, env: { TMPDIR: join(cwd, "temporary") } });
    if (failure === undefined) rmSync(cwd, { recursive: true });
    return failure && `rnn ${command.argv.join(" ")}, ${way}: ${failure}`;
  });
  return { tried: attacks.length, failures: failures.filter(Boolean) };
}

/** Which reader leaves, and when. */
const closings = {
  "stdout closed at once": ({ stdout }) => stdout.destroy(),
  "stdout closed after its first bytes": ({ stdout }) => stdout.once("data", () => stdout.destroy()),
  "stderr closed at once": ({ stderr }) => stderr.destroy(),
  "both closed at once": ({ stdout, stderr }) => [stdout, stderr].forEach((stream) => stream.destroy()),
};

/** @param setting.count the number of ways to close */
export const closedPipes = ({ count, folder }) =>
  attackCommands(
    folder,
    Object.keys(closings).slice(0, count),
    async (way, { argv, input = "", code: expected = 0 }, { cwd, env }) => {
      const child = spawn(process.execPath, [bin, ...argv], {
        cwd,
        env: { ...process.env, ...env },
      });
      limitTime(child, seconds);
      let stderr = "";
      child.stdout.on("data", () => undefined);
      child.stderr.on("data", (chunk) => (stderr += chunk));
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
      closings[way](child);
      const [code, signal] = await new Promise((resolve) => child.on("close", (...end) => resolve(end)));
      const isSeen = way.startsWith("stdout");
      const wrong = wrongEnd({ code, signal, stderr: isSeen ? stderr : stderr || "(closed)" });
      if (wrong) return wrong;
      return code === expected ? undefined : `exit code ${code} instead of ${expected}: ${firstLine(stderr)}`;
    },
  );

const widths = [0, 1, 2, 20, 80];

/** @param setting.count the number of widths */
export const terminals = ({ count, folder }) =>
  attackCommands(folder, widths.slice(0, count), async (columns, { argv, input, code: expected = 0 }, { cwd, env }) => {
    const command = [process.execPath, bin, ...argv].map((word) => `'${word}'`).join(" ");
    if (input !== undefined) writeFileSync(join(cwd, "input"), input);
    const line = `stty cols ${columns} rows ${Math.min(columns, 24)}; ${command} ${input === undefined ? "" : "< input"}`;
    const { code, signal, stdout } = await runProgram("script", ["-qec", line, "/dev/null"], { cwd, env, seconds });
    const wrong = wrongEnd({ code, signal, stderr: stdout || "-" });
    if (wrong) return wrong;
    return code === expected ? undefined : `exit code ${code} instead of ${expected}: ${firstLine(stdout)}`;
  });
