/** @file Node's own program for any system and version, from npm's registry: a package for each system carries it. What was fetched stays in build/node. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./addon.mjs";

/**
 * @param {string} version as npm takes it: the newest of "22"
 * @param {{ platform: string, arch: string }} system Node's names of them
 * @returns {string} the path of the program
 * @throws {Error} where npm does not get it
 */
export function fetchNode(version, { platform, arch } = process) {
  const windows = platform === "win32";
  const name = `node-${windows ? "win" : platform}-${arch}`;
  const folder = join(root, "build/node", version);
  const node = join(folder, "node_modules", name, windows ? "bin/node.exe" : "bin/node");
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  const options = ["--ignore-scripts", "--force", "--no-audit", "--no-fund", "--no-save", "--prefix", folder];
  const { status, stderr } = spawnSync("npm", ["install", ...options, `${name}@${version}`], { encoding: "utf8" });
  if (status !== 0 || !existsSync(node)) throw new Error(`npm does not get ${name}@${version}: ${stderr?.trim()}`);
  return node;
}
