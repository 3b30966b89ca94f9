/** @file The lock of a checkpoint's folder: one process at a time saves into it. Reading needs no lock. */
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { codeOf, messageOf, UserError } from "../common/errors.js";

/** The file of the lock. It is invisible to `ls` and removed at the end of the run. */
export const lockName = ".lock";
/** Files of processes that were killed while they took a lock. The holder of the lock may remove them at any time. */
export const isOldLock = (name: string): boolean => name.startsWith(`${lockName}.`);

/** `began` tells a process from a later one with the same pid; it is empty where the system does not say. */
const holderSchema = v.object({ pid: v.number(), host: v.string(), began: v.string(), token: v.string() });
type Holder = v.InferOutput<typeof holderSchema>;

const readings = 50; // of an empty lock: on a disk without links, its process may still be writing it
const readingPauseMs = 20;

export type FolderLock = {
  folder: string;
  /** @throws UserError if another process has the lock by now */
  confirm(): Promise<void>;
  /** Never throws. */
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
  const taking = (): Promise<void> => take({ folder, own, purpose }, lockName);
  await taking();
  const isOwn = async (): Promise<boolean> => (await holderOf(path))?.token === own.token;
  return {
    folder,
    confirm: async () => {
      if (!(await isOwn())) await taking();
    },
    release: async () => {
      const mayRemove = await isOwn().catch(() => true); // nobody replaces the lock of a running process
      if (mayRemove) await rm(path, { force: true }).catch(() => undefined); // what stays is stale
    },
  };
}

type Taking = { folder: string; own: Holder; purpose: string };

/**
 * Takes the lock, or the claim, of a name. The lock of a process that ended is only replaced under a claim: a lock too, whose name follows from
 * the lock to replace. So one process at a time replaces it, and none replaces a newer lock that it has not read. A claim of a process that
 * ended is replaced in the same way.
 */
async function take(taking: Taking, name: string): Promise<void> {
  const { folder, own, purpose } = taking;
  const path = join(folder, name);
  for (;;) {
    if (await publish(taking, path)) return;
    const holder = await holderOf(path);
    if (holder === undefined) continue; // released in between
    if (holder?.token === own.token) return; // of a network disk that answers a repeated request
    if (holder !== null && isRunning(holder)) throw heldBy(holder, folder);
    const claim = claimOf(holder);
    await take(taking, claim);
    try {
      if (tokenOf(await holderOf(path)) !== tokenOf(holder)) continue; // another process has replaced it
      await replace(taking, path);
      return;
    } catch (error) {
      throw new UserError(`could not ${purpose} ${folder}: ${messageOf(error)}`, { cause: error });
    } finally {
      await rm(join(folder, claim), { force: true }).catch(() => undefined); // what stays is stale
    }
  }
}

const tokenOf = (holder: Holder | null | undefined): string | null | undefined => holder && holder.token;

/** The name of the claim on the lock of a process that ended. */
const claimOf = (holder: Holder | null): string =>
  `${lockName}.${createHash("sha256")
    .update(JSON.stringify(tokenOf(holder)))
    .digest("hex")
    .slice(0, 32)}`;

const besideOf = ({ folder }: Taking): string => join(folder, `${lockName}.${randomUUID()}`);
const textOf = ({ own }: Taking): string => `${JSON.stringify(own)}\n`;

/**
 * Makes a lock that is complete from its first moment on; on a disk without links, it is empty for a moment.
 * @returns false if there is one
 */
async function publish(taking: Taking, path: string): Promise<boolean> {
  const beside = besideOf(taking);
  try {
    await writeFile(beside, textOf(taking), { flag: "wx" });
    const linked = await link(beside, path).then(() => "linked", codeOf);
    if (linked === "linked") return true;
    if (linked === "EEXIST" || linked === "ENOENT") return false; // ENOENT: the holder has removed `beside`
    await writeFile(path, textOf(taking), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new UserError(`could not ${taking.purpose} ${taking.folder}: ${messageOf(error)}`, { cause: error });
  } finally {
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

async function replace(taking: Taking, path: string): Promise<void> {
  const beside = besideOf(taking);
  try {
    await writeFile(beside, textOf(taking), { flag: "wx" });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** @returns undefined if there is no lock; null for a file that is no lock, and for a link */
async function holderOf(path: string): Promise<Holder | null | undefined> {
  for (let reading = 1; ; reading++) {
    try {
      if (!(await lstat(path)).isFile()) return null;
      const text = await readFile(path, "utf8");
      if (text !== "" || reading === readings) return holderIn(text);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw new UserError(`could not read ${path}: ${messageOf(error)}`);
    }
    await setTimeout(readingPauseMs);
  }
}

function holderIn(text: string): Holder | null {
  try {
    return v.parse(holderSchema, JSON.parse(text));
  } catch {
    return null;
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
