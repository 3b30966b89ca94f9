/** @file The package's version, read once from its package.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./packageFolder.js";

const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
export const version = manifest.version;
