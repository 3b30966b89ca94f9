/** @file The commands of docs/bigger.md train on two processes of PyTorch and import a better network. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shell } from "../support/bin.js";
import { folderWith } from "../support/folder.js";
import { python, pythonHas } from "../support/python.js";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const lines = read("corpora/fables.txt").split("\n");
const part = (from: number, to: number): string => `${lines.slice(from, to).join("\n")}\n`;
const cwd = folderWith({
  "train.txt": part(0, 120),
  "valid.txt": part(120, 135),
  "test.txt": part(135, 150),
  "docs/bigger/train.py": read("docs/bigger/train.py"),
});

test.skipIf(!pythonHas("torch", "safetensors"))(
  "docs/bigger.md: a network trained on two processes is imported, and is better than the first one",
  async () => {
    const [, commands = ""] = /<!-- round trip -->\n+```sh\n([^]*?)```/.exec(read("docs/bigger.md")) ?? [];
    expect(commands.match(/--nproc-per-node 2/g)).toHaveLength(1);
    const torchrun = `torchrun() { "${python}" -m torch.distributed.run "$@"; }`;
    const env = { GLOO_SOCKET_IFNAME: "lo", OMP_NUM_THREADS: "1" };
    const { code, stdout, stderr } = await shell(`set -e; ${torchrun}; ${commands}`, { cwd, env });
    expect(code, stderr).toBe(0);
    const [start, big] = [...stdout.matchAll(/^network +([\d.]+)/gm)].map(([, perplexity]) => Number(perplexity));
    expect(stdout).toContain("the test part of train.txt");
    expect(big).toBeLessThan(start! * 0.8);
    expect(stderr).toMatch(/network +embedding 64 → lstm 128 → lstm 128 →/);
  },
);
