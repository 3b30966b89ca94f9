/** @file Which checkpoint a command works with: the one it was given, the newest that fits, or one that comes with rnn. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf, UserError } from "../common/errors.js";
import { documentName, readDocument, type StoredDocument } from "./checkpointDocument.js";
import type { Task } from "../common/names.js";
import { packageFolder } from "../common/packageFolder.js";
import { sizeProblem } from "./checkpointFiles.js";

/** Folders of checkpoints: the person's own, and those that come with rnn. */
export type CheckpointPlaces = { local: string; bundled: string };

const defaultPlaces: CheckpointPlaces = { local: "checkpoints", bundled: join(packageFolder, "checkpoints") };

export type FoundCheckpoint = {
  folder: string;
  document: StoredDocument;
  /** Why this one: it was named, it is the newest of the person's own, or there was none of these. */
  chosen: "given" | "newest" | "bundled";
  /** A line for each folder that was passed over because it is damaged. */
  notes: string[];
};

type Candidate = { folder: string; document: StoredDocument };

/**
 * @param name a name in one of the places, or a path; undefined for the newest that fits, by the time inside it
 * @param task what the checkpoint must be able to do; several where any of them will
 * @throws UserError where there is none, or where the one named is of another task or damaged
 */
export async function findCheckpoint(
  name: string | undefined,
  task: Task | readonly Task[],
  places: CheckpointPlaces = defaultPlaces,
): Promise<FoundCheckpoint> {
  const fitting: readonly Task[] = typeof task === "string" ? [task] : task;
  if (name !== undefined) return given(name, fitting, places);
  const notes: string[] = [];
  const own = await newest(places.local, fitting, notes);
  if (own) return { ...own, chosen: "newest", notes };
  const bundled = await newest(places.bundled, fitting, notes);
  if (bundled) return { ...bundled, chosen: "bundled", notes };
  throw new UserError(
    [
      `there is no ${fitting.join(" or ")} in ${places.local}: make one with \`rnn train\` or name one with --checkpoint`,
    ]
      .concat(notes)
      .join("; "),
  );
}

async function given(name: string, fitting: readonly Task[], places: CheckpointPlaces): Promise<FoundCheckpoint> {
  const isPath = /[/\\]/.test(name) || name === "." || name === "..";
  const folders = isPath ? [name] : [join(places.local, name), join(places.bundled, name), name];
  if (basename(name) === documentName) folders.push(dirname(name));
  for (const folder of folders) {
    if (!(await isFolder(folder))) continue;
    const document = await readDocument(folder);
    if (fitting.includes(document.task)) return { folder, document, chosen: "given", notes: [] };
    throw new UserError(`${folder} is a ${document.task}, and this needs a ${fitting.join(" or ")}`);
  }
  if (isPath) throw new UserError(`there is no checkpoint at ${name}: no such folder`);
  const known = [...new Set([...(await namesIn(places.local)), ...(await namesIn(places.bundled))])];
  const choice = known.length > 0 ? `there is ${known.join(", ")}` : "make one with `rnn train`";
  throw new UserError(`there is no checkpoint named "${name}": ${choice}`);
}

async function newest(place: string, fitting: readonly Task[], notes: string[]): Promise<Candidate | undefined> {
  const found: Candidate[] = [];
  for (const name of await namesIn(place)) {
    const folder = join(place, name);
    try {
      const document = await readDocument(folder);
      const problem = await sizeProblem(folder, document.files.weights);
      if (problem) notes.push(`${join(folder, document.files.weights.name)} ${problem}`);
      else if (fitting.includes(document.task)) found.push({ folder, document });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      notes.push(messageOf(error));
    }
  }
  const time = ({ document }: Candidate) => Date.parse(document.updated);
  return found.toSorted((a, b) => time(b) - time(a))[0];
}

/** Folders with a checkpoint's document in them; one without is a run's that has saved nothing yet. */
async function namesIn(place: string): Promise<string[]> {
  const names = await readdir(place).catch(() => []);
  const held = await Promise.all(names.map((name) => exists(join(place, name, documentName))));
  return names.filter((_, index) => held[index]).toSorted();
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
