/** @file Installs the Node executable for a system and version from npm, which has a package for each system. Downloads are cached in build/node. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./addon.mjs";

/**
 * Installs a version of Node unless it is cached.
 * @param {string} version as npm takes it: "22" is the newest 22.x
 * @param {{ platform: string, arch: string }} system in Node's names
 * @returns {string} the path of the executable
 * @throws {Error} if npm cannot install it
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
  if (status !== 0 || !existsSync(node)) throw new Error(`could not install ${name}@${version}: ${stderr?.trim()}`);
  return node;
}
