/**
 * @file Checks the format of all C sources against .clang-format: `npm run format:c`; with `-- --write` it formats them.
 * It uses the clang-format beside the Python that RNN_PYTHON names, or else the one on PATH; without either it prints a message and checks nothing.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const requirements = "scripts/clang-format.txt";
const install = `pip install --requirement ${requirements}`;
const root = fileURLToPath(new URL("..", import.meta.url));
const [, wanted] = /clang-format==(\S+)/.exec(readFileSync(join(root, requirements), "utf8"));
const python = process.env.RNN_PYTHON;
const program = python ? join(dirname(python), "clang-format") : "clang-format";

const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
const found = stdout?.match(/version (\S+)/)?.[1];

if (found === wanted) {
  const files = execFileSync("git", ["ls-files", "*.c", "*.h"], { cwd: root, encoding: "utf8" }).trimEnd().split("\n");
  const mode = process.argv.includes("--write") ? ["-i"] : ["--dry-run", "--Werror"];
  const { status } = spawnSync(program, [...mode, ...files], { cwd: root, stdio: "inherit" });
  if (status !== 0) console.error("the C sources are not formatted: npm run format:c -- --write");
  process.exitCode = status ?? 1;
} else if (python) {
  console.error(`no clang-format ${wanted} beside ${python}: ${install}`);
  process.exitCode = 1;
} else {
  console.error(
    `the format of the C sources is not checked: there is ${found ? `clang-format ${found}` : "no clang-format"} here; ${install}`,
  );
}
