/** @file The contender `ours` for start-up times: runs a whole process of rnn, or of Node alone, per unit of work. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { row, serve } from "./serve.mjs";

const bin = fileURLToPath(new URL("../bin/rnn.js", import.meta.url));
const { arguments: given, input = "" } = row.shape;
const argv = given ? [bin, ...given] : ["-e", "0"]; // Node with an empty script

function step() {
  const { status, stderr } = spawnSync(process.execPath, argv, { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${argv.join(" ")} exited with ${status}: ${stderr}`);
  return 1;
}

await serve(given ? `rnn ${given.join(" ")}, Node ${process.version}` : `Node ${process.version}`, step);
