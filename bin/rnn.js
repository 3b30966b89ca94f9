#!/usr/bin/env node
import { existsSync } from "node:fs";
import module from "node:module";

const program = new URL("../bundle/rnn.js", import.meta.url);
if (existsSync(program)) {
  module.enableCompileCache?.(); // from Node 22.8 on; where it cannot be written, nothing is kept
  const { run } = await import(program.href);
  process.exitCode = await run(process.argv.slice(2));
} else {
  console.error("rnn: it is not built yet: run npm run build");
  process.exitCode = 1;
}
