/** @file The folder in which an experiment trains, with a record of each finished run: after a kill, the same command goes on from there. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type FolderLock, lockFolder } from "../checkpoint/checkpoint.js";
import { lockName } from "../checkpoint/folderLock.js";
import { codeOf, messageOf, UserError } from "../common/errors.js";
import { canonicalJson, isJson, isObject, type JsonValue } from "../common/json.js";
import { makeFolders } from "../common/makeFolders.js";
import { writeWhole } from "../common/outputFiles.js";
import { version } from "../common/version.js";
import { type CorpusPath, pathsOf } from "../corpus/sources/corpusPath.js";

export type ExperimentKind = "compare" | "tune" | "folds";

export type ExperimentFolder = {
  /** The outcome of a run: that of an earlier process which was killed, or null. */
  finished<Outcome>(name: string): Promise<Outcome | null>;
  /** An empty place for the checkpoint of a run. */
  begin(name: string): Promise<string>;
  /** Records the outcome of a run. */
  finish(name: string, outcome: object): Promise<void>;
  /** Removes what is temporary; the checkpoints in `out` stay. */
  close(): Promise<void>;
};

/**
 * Opens the folder of an experiment and removes those of experiments that were killed.
 * @param settings everything that the outcome depends on
 * @param out the folder that keeps the checkpoints; absent: a folder for temporary files
 * @throws UserError if the folder cannot be written
 */
export async function openExperiment(
  kind: ExperimentKind,
  corpus: CorpusPath,
  settings: JsonValue,
  out?: string,
): Promise<ExperimentFolder> {
  const root = tmpdir();
  const key = `${kind}-${await keyOf(corpus, settings, out)}`;
  const name = `rnn-${key}`;
  const failure = (error: unknown): UserError =>
    error instanceof UserError
      ? error
      : new UserError(`could not write temporary files in ${root}: ${messageOf(error)}; set TMPDIR to another folder`);
  if (out !== undefined) {
    await makeFolders(out).catch((error: unknown) => {
      throw new UserError(`could not make the folder ${out}: ${messageOf(error)}; name another one with --out`);
    });
  }
  await removeKilled(root, name);
  const lock = await ownFolder(root, name).catch((error: unknown) => {
    throw failure(error);
  });
  const { folder } = lock;
  const record = (run: string): string => join(folder, `${run}.json`);
  const place = (run: string): string => join(out ?? folder, run);
  return {
    finished: async <Outcome>(run: string) => {
      const outcome = await readFile(record(run), "utf8")
        .then((text): unknown => JSON.parse(text))
        .catch(() => null); // a damaged one is trained again
      return isObject(outcome) ? (outcome as Outcome) : null;
    },
    begin: async (run) => {
      const isOwn = await stat(record(run)).then(
        () => true,
        () => false,
      );
      if (isOwn || out === undefined) await rm(place(run), { recursive: true, force: true });
      await writeWhole(record(run), '"begun"').catch((error: unknown) => {
        throw failure(error);
      });
      return place(run);
    },
    finish: async (run, outcome) => {
      if (!isJson(outcome)) return; // one that diverged has numbers that are not finite; it is trained again
      await writeWhole(record(run), JSON.stringify(outcome)).catch((error: unknown) => {
        throw failure(error);
      });
    },
    close: async () => {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined); // the next start tries again
    },
  };
}

/** Tells experiments apart: by their settings and the state of their corpus. */
async function keyOf(corpus: CorpusPath, settings: JsonValue, out: string | undefined): Promise<string> {
  const states: JsonValue[] = [];
  for (const path of pathsOf(corpus)) {
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
    states.push(resolve(path), size, mtimeMs);
  }
  const parts = [version, process.getuid?.() ?? 0, ...states, settings, out ? resolve(out) : null];
  return createHash("sha256").update(canonicalJson(parts)).digest("hex").slice(0, 16);
}

/** The folder of this name, or a new one if another process or user has it. */
async function ownFolder(root: string, name: string): Promise<FolderLock> {
  const folder = join(root, name);
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  const { uid } = await stat(folder);
  const lock = uid === (process.getuid?.() ?? uid) ? await lockOf(folder) : null;
  return lock ?? lockFolder(await mkdtemp(`${folder}-`));
}

/** Null if another process has the lock. */
const lockOf = (folder: string): Promise<FolderLock | null> =>
  lockFolder(folder, "train in").catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });

/** Removes the folders of processes that ended without removing them, except the one that goes on. */
async function removeKilled(root: string, kept: string): Promise<void> {
  const names = (await readdir(root).catch(() => [])).filter((name) => /^rnn-(?:compare|tune|folds)-/.test(name));
  for (const name of names.filter((one) => one !== kept)) {
    const folder = join(root, name);
    const hasLock = await stat(join(folder, lockName)).catch(() => null);
    if (hasLock === null || (await lockOf(folder)) === null) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
