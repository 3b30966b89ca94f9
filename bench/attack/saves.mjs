/** @file Saves in which one call of the file system fails, or at which the process dies: the folder keeps its save or has the next one, complete. */
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { distUrl, eachAtOnce, firstLine, runNode } from "./tools.mjs";

const bundled = fileURLToPath(new URL("../../checkpoints/critic", import.meta.url));
const { loadCheckpoint } = await import(distUrl("checkpoint/checkpoint.js"));

/** Fails, or kills the process, at one call of `node:fs/promises`; prints the number of calls at the end. */
const script = `
  import promises from "node:fs/promises";
  import { syncBuiltinESMExports } from "node:module";
  const [folder, at, how] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
  const { loadCheckpoint, saveCheckpoint } = await import(${JSON.stringify(distUrl("checkpoint/checkpoint.js"))});
  const { document, weights } = await loadCheckpoint(folder, { training: false });
  const { format, version, updated, files, ...known } = document;
  const changed = new Map([...weights].map(([name, { shape, values }]) => [name, { shape, values: values.map(() => 1) }]));
  let calls = 0;
  const guard = (object, name) => {
    const original = object[name];
    object[name] = function (...given) {
      if (++calls !== at) return original.apply(this, given);
      if (how === "kill") process.kill(process.pid, "SIGKILL");
      const error = Object.assign(new Error(how + ": a fault in " + name), { code: how, syscall: name, errno: -1 });
      return Promise.reject(error);
    };
  };
  const handle = await promises.open(${JSON.stringify(bundled)} + "/checkpoint.json");
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ["writeFile", "write", "sync", "datasync", "close"]) guard(prototype, name);
  for (const name of ["open", "readdir", "rename", "rm", "unlink", "stat", "lstat", "readFile", "writeFile", "mkdir", "link"]) guard(promises, name);
  syncBuiltinESMExports();
  try {
    await saveCheckpoint(folder, known, { weights: changed });
    process.stdout.write("saved " + calls);
  } catch (error) {
    process.stdout.write("failed " + calls + " " + error.name + ": " + error.message);
  }
`;

export async function failingCalls({ count, folder }) {
  const program = join(folder, "save.mjs");
  writeFileSync(program, script);
  const save = async (place, at, how) => {
    cpSync(bundled, place, { recursive: true });
    return runNode([program, place, String(at), how], { cwd: folder });
  };
  const calls = Number(/^saved (\d+)/.exec((await save(join(folder, "whole"), 0, "EIO")).stdout)?.[1] ?? Number.NaN);
  if (!(calls > 0)) return { tried: 0, failures: ["the save without a fault failed"] };
  const attacks = ["EIO", "ENOSPC", "EACCES", "EMFILE", "kill"]
    .flatMap((how) => Array.from({ length: calls }, (_, call) => ({ how, at: call + 1 })))
    .slice(0, count);
  const failures = [];
  await eachAtOnce(attacks, async ({ how, at }) => {
    const place = join(folder, `${how}-${at}`);
    const { stdout, stderr, signal } = await save(place, at, how);
    const because = `${how} at call ${at} of ${calls}`;
    if (how !== "kill" && (signal !== null || !/^(saved|failed \d+ UserError)/.test(stdout)))
      failures.push(`${because}: ${firstLine(stdout + stderr)}`);
    try {
      const { weights } = await loadCheckpoint(place, { training: false });
      const isNew = [...weights.values()].every(({ values }) => values.every((value) => value === 1));
      if (stdout.startsWith("saved") && !isNew) failures.push(`${because}: the save is not there`);
      if (stdout.startsWith("failed") && isNew) failures.push(`${because}: a failed save replaced the one before`);
    } catch (error) {
      failures.push(`${because}: the checkpoint is damaged: ${error.message}`);
    }
    rmSync(place, { recursive: true, force: true });
  });
  return { tried: attacks.length, failures };
}
