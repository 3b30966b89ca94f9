/** @file The guide's pages: excerpts of the sources and the output of commands, as they are now. */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

export const pages = ["cells", "sentiment", "text", "scan", "lab"].map(
  (name, index) => `docs/guide/${index + 1}-${name}.md`,
);

/** A page with all excerpts and outputs updated. A page's commands run in order, in a folder that has `corpora`. */
export async function refreshed(page) {
  const folder = await mkdtemp(join(tmpdir(), "rnn-guide-"));
  try {
    await cp("corpora", join(folder, "corpora"), { recursive: true });
    return await withOutputs(await withExcerpts(page), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `<!-- src/file.ts: words of a line, 7 lines -->`, and the block of code below it: this number of lines, from the first line that contains the words. */
const excerpt = /<!-- (src\/\S+): (.+), (\d+) lines? -->\n\n```ts\n[^]*?```\n/g;

function withExcerpts(page) {
  return replaceAll(page, excerpt, async (_, path, words, count) => {
    const lines = (await readFile(path, "utf8")).split("\n");
    const first = lines.findIndex((line) => line.includes(words));
    if (first === -1) throw new Error(`${path} has no line with "${words}"`);
    const found = lines.slice(first, first + Number(count));
    const indent = Math.min(...found.filter(Boolean).map((line) => line.search(/\S/)));
    const code = found.map((line) => line.slice(indent)).join("\n");
    return `<!-- ${path}: ${words}, ${count} line${count === "1" ? "" : "s"} -->\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
  });
}

/** Blocks of `console`: `$` and a command, and below it what it writes to stdout. */
const block = /```console\n([^]*?)```\n/g;

function withOutputs(page, folder) {
  return replaceAll(page, block, async (_, content) => {
    const commands = content.split("\n").filter((line) => line.startsWith("$ "));
    let shown = "";
    for (const command of commands) shown += `${command}\n${await outputOf(command.slice(2), folder)}`;
    return `\`\`\`console\n${shown}\`\`\`\n`;
  });
}

async function outputOf(command, cwd) {
  const script = `rnn() { "${process.execPath}" "${resolve("bin/rnn.js")}" "$@"; }; set -o pipefail; ${command}`;
  const child = spawn("bash", ["-c", script], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const closed = new Promise((done) => child.on("close", done));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await closed;
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${errors}`);
  return output
    .replace(/[ \t]+$/gm, "")
    .replace(/\n*$/, "\n")
    .replace(/^\n$/, "");
}

/** `String.replaceAll` with asynchronous replacements, one after the other. */
async function replaceAll(page, pattern, make) {
  let result = "";
  let end = 0;
  for (const match of page.matchAll(pattern)) {
    result += page.slice(end, match.index) + (await make(...match));
    end = match.index + match[0].length;
  }
  return result + page.slice(end);
}
