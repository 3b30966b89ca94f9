/** @file The completion of command lines in the shells that are installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.js";
import { completions } from "../../src/cli/completion.js";
import { bin, rnn } from "../support/bin.js";
import { folderWith } from "../support/folder.js";

const cwd = folderWith({ "checkpoints/fables/checkpoint.json": "{}", "tale.txt": "a" });
const has = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;
const define = `rnn() { "${process.execPath}" "${bin}" "$@"; }`;

/** The candidates of a shell for the last word of a line. */
const shells: Record<string, (line: string) => string> = {
  bash: (line) =>
    `${define}; eval "$(rnn completion bash)"; COMP_WORDS=(${line}); [[ "${line}" != *" " ]] || COMP_WORDS+=(""); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _rnn; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (line) =>
    `${define}; compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { :; }; eval "$(rnn completion zsh)"; words=(${line}); [[ "${line}" != *" " ]] || words+=(""); CURRENT=$#words; _rnn`,
  fish: (line) =>
    `function rnn; "${process.execPath}" "${bin}" $argv; end; rnn completion fish | source; complete -C "${line}"`,
};

test.each(Object.keys(shells).filter(has))(
  "completion: %s completes commands, options, choices and checkpoints",
  (shell) => {
    const complete = (line: string): string[] =>
      execFileSync(shell, ["-c", shells[shell]!(line)], { cwd, encoding: "utf8" })
        .split("\n")
        .filter(Boolean);
    expect(complete("rnn cl")).toEqual(["classify"]);
    expect(complete("rnn train tale.txt --learned")).toEqual(["--learned-initial-state"]);
    expect(complete("rnn train tale.txt --cell gru")).toEqual(["gru", "gru-reset-before"]);
    expect(complete("rnn generate -c fa")).toEqual(["fables"]);
    expect(complete("rnn inspect ")).toEqual(expect.arrayContaining(["fables", "critic", "storyteller"]));
  },
);

test("completion: an alias has the choices of its option, and a list its last item", async () => {
  const complete = (...words: string[]) => completions(words, commands);
  expect(await complete("compare", "--with", "lstm,bi")).toEqual(["lstm,bilstm", "lstm,bigru"]);
  expect(await complete("train", "--preset", "char")).toEqual(["char-rnn"]);
  expect(await complete("train", "--cell=ls")).toEqual(["--cell=lstm"]);
  expect(await complete("train", "--cell", "=", "ls")).toEqual(["lstm"]);
  expect(await complete("help", "ta")).toEqual(["tag"]);
  expect(await complete("train", "tale")).toEqual([]);
  expect(await complete("train", "--sequence-length", "")).toEqual([]);
});

test("completion: an unknown shell is an error", async () => {
  expect(await rnn(["completion", "tcsh"], { cwd })).toMatchObject({
    code: 2,
    stderr: "rnn: Unknown shell tcsh; shells are: bash, zsh, fish\nSee `rnn completion --help`\n",
  });
});
