/** @file `npm run build`, and `prepare` after an install: TypeScript to dist/, then the native addon where a C compiler is there. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildAddon } from "./build-addon.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));

if (existsSync(compiler)) {
  const { status } = spawnSync(process.execPath, [compiler, "-p", `${root}/tsconfig.build.json`], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
} // an install without development packages has no TypeScript: the published package carries dist/

await buildAddon();
