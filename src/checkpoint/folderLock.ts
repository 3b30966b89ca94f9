/** @file The lock of a checkpoint's folder: one process at a time saves into it. Reading needs no lock. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { codeOf, messageOf, UserError } from "../common/errors.js";

/** The file of the lock. It is invisible to `ls` and removed at the end of the run. */
export const lockName = ".lock";
/** Locks that were moved away by a process that was killed before it removed them. */
export const isOldLock = (name: string): boolean => name.startsWith(`${lockName}.`);

/** `began` tells a process from a later one with the same pid; it is empty where the system does not say. */
const holderSchema = v.object({ pid: v.number(), host: v.string(), began: v.string(), token: v.string() });
type Holder = v.InferOutput<typeof holderSchema>;

const readings = 5; // of a lock that is empty, because its process is writing it
const readingPauseMs = 20;

export type FolderLock = {
  folder: string;
  /** @throws UserError if another process has the lock by now */
  confirm(): Promise<void>;
  release(): Promise<void>;
};

/**
 * Takes the lock of a folder. The lock of a process that no longer runs is replaced.
 * @param purpose what could not be done if the lock cannot be written, for the message
 * @throws UserError if another process of this host holds it, or one of another host, which cannot be checked
 */
export async function lockFolder(folder: string, purpose = "save the checkpoint in"): Promise<FolderLock> {
  const path = join(folder, lockName);
  const own: Holder = { pid: process.pid, host: hostname(), began: beginOf(process.pid), token: randomUUID() };
  await take(folder, own, purpose);
  const isOwn = async (): Promise<boolean> => (await holderOf(path))?.token === own.token;
  return {
    folder,
    confirm: async () => {
      if (!(await isOwn())) await take(folder, own, purpose);
    },
    release: async () => {
      if (await isOwn()) await rm(path, { force: true }).catch(() => undefined); // what stays is stale
    },
  };
}

async function take(folder: string, own: Holder, purpose: string): Promise<void> {
  const path = join(folder, lockName);
  for (;;) {
    try {
      return await writeFile(path, `${JSON.stringify(own)}\n`, { flag: "wx" });
    } catch (error) {
      if (codeOf(error) !== "EEXIST")
        throw new UserError(`could not ${purpose} ${folder}: ${messageOf(error)}`, { cause: error });
    }
    const holder = await holderOf(path);
    if (holder === undefined) continue; // released in between
    if (holder !== null && isRunning(holder)) throw heldBy(holder, folder);
    await removeStale(path, holder);
  }
}

/** Moves the lock away first, so that of two processes that find it stale, neither removes the new lock of the other. */
async function removeStale(path: string, stale: Holder | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw new UserError(`could not remove ${path} of a process that ended: ${messageOf(error)}`, { cause: error });
  }
  const moved = await holderOf(aside);
  const isStale = moved === null || stale === null || moved?.token === stale.token;
  if (isStale) await rm(aside, { force: true });
  else await rename(aside, path); // another process replaced it meanwhile
}

/** @returns undefined if there is no lock; null for a file that is no lock */
async function holderOf(path: string): Promise<Holder | null | undefined> {
  for (let reading = 1; ; reading++) {
    try {
      const parsed = v.safeParse(holderSchema, JSON.parse(await readFile(path, "utf8")));
      if (parsed.success) return parsed.output;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      if (codeOf(error) !== undefined) throw new UserError(`could not read ${path}: ${messageOf(error)}`);
    }
    if (reading === readings) return null;
    await setTimeout(readingPauseMs);
  }
}

function heldBy({ pid, host }: Holder, folder: string): UserError {
  const path = join(folder, lockName);
  return host === hostname()
    ? new UserError(`${folder} is in use: process ${pid} trains it and saves into it; wait until it ends, or stop it`)
    : new UserError(
        `${folder} is in use by process ${pid} of the host ${host}; wait until it ends, or remove ${path} if it has ended`,
      );
}

/** A process of another host counts as running. */
function isRunning({ pid, host, began }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0); // only asks whether it exists
  } catch (error) {
    if (codeOf(error) === "ESRCH" || codeOf(error) === undefined) return false;
  }
  const now = beginOf(pid);
  return began === "" || now === "" || began === now;
}

/** When a process began, in ticks since the start of the system; empty outside Linux. */
function beginOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
