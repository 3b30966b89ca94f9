/** @file Finds the checkpoint for a command: the given one, the newest one of a fitting task, or a bundled one. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf, UserError } from "../common/errors.js";
import { documentName, readDocument, type StoredDocument } from "./checkpointDocument.js";
import type { Task } from "../common/names.js";
import { packageFolder } from "../common/packageFolder.js";
import { suggestion } from "../common/nearest.js";
import { sizeProblem } from "./checkpointFiles.js";

/** Folders of checkpoints: the user's own, and those that come with rnn. */
export type CheckpointRoots = { local: string; bundled: string };

export const defaultRoots: CheckpointRoots = { local: "checkpoints", bundled: join(packageFolder, "checkpoints") };

export type FoundCheckpoint = {
  folder: string;
  document: StoredDocument;
  /** The reason for the choice: it was given, it is the newest of the user's own, or the user has none. */
  chosen: "given" | "newest" | "bundled";
  /** A line for each damaged folder that was skipped. */
  notes: string[];
};

type Candidate = { folder: string; document: StoredDocument };

/**
 * @param name a name in one of the root folders, or a path; undefined for the newest one of a fitting task, by its `updated`
 * @param task the task that the checkpoint must have, or several that fit
 * @throws UserError if there is none, and if the given one has another task or is damaged
 */
export async function findCheckpoint(
  name: string | undefined,
  task: Task | readonly Task[],
  roots: CheckpointRoots = defaultRoots,
): Promise<FoundCheckpoint> {
  const fitting: readonly Task[] = typeof task === "string" ? [task] : task;
  if (name !== undefined) return given(name, fitting, roots);
  const notes: string[] = [];
  const own = await newest(roots.local, fitting, notes);
  if (own) return { ...own, chosen: "newest", notes };
  const bundled = await newest(roots.bundled, fitting, notes);
  if (bundled) return { ...bundled, chosen: "bundled", notes };
  throw new UserError(
    [`no ${fitting.join(" or ")} in ${roots.local}; make one with \`rnn train\` or name one with --checkpoint`]
      .concat(notes)
      .join("; "),
  );
}

/** Whether the name or path of a checkpoint that exists. */
export async function isCheckpoint(name: string, roots: CheckpointRoots = defaultRoots): Promise<boolean> {
  const found = await Promise.all(foldersOf(name, roots).map((folder) => exists(join(folder, documentName))));
  return found.includes(true);
}

const isPath = (name: string): boolean => /[/\\]/.test(name) || name === "." || name === "..";

/** Where the checkpoint of a name may be. */
function foldersOf(name: string, roots: CheckpointRoots): string[] {
  const folders = isPath(name) ? [name] : [join(roots.local, name), join(roots.bundled, name), name];
  return basename(name) === documentName ? [...folders, dirname(name)] : folders;
}

/** The command that uses a model of a task. */
const commandOf: Readonly<Record<Task, string>> = {
  generator: "generate",
  classifier: "classify",
  regressor: "classify",
  tagger: "tag",
};

async function given(name: string, fitting: readonly Task[], roots: CheckpointRoots): Promise<FoundCheckpoint> {
  for (const folder of foldersOf(name, roots)) {
    if (!(await isFolder(folder))) continue;
    const document = await readDocument(folder);
    if (fitting.includes(document.task)) return { folder, document, chosen: "given", notes: [] };
    const own = `\`rnn ${commandOf[document.task]}\``;
    throw new UserError(
      `${folder} is a ${document.task}; this command needs a ${fitting.join(" or ")}: name one with --checkpoint, or use ${own}`,
    );
  }
  if (isPath(name)) throw new UserError(`no checkpoint at ${name}: no such folder`);
  const known = [...new Set([...(await namesIn(roots.local)), ...(await namesIn(roots.bundled))])];
  const hint = known.length > 0 ? suggestion(name, known, "checkpoints") : "; make one with `rnn train`";
  throw new UserError(`no checkpoint named "${name}"${hint}`);
}

async function newest(root: string, fitting: readonly Task[], notes: string[]): Promise<Candidate | undefined> {
  const found: Candidate[] = [];
  for (const name of await namesIn(root)) {
    const folder = join(root, name);
    try {
      const document = await readDocument(folder);
      const problem = await problemOf(folder, document);
      if (problem !== undefined) notes.push(problem);
      else if (fitting.includes(document.task)) found.push({ folder, document });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      notes.push(messageOf(error));
    }
  }
  const time = ({ document }: Candidate) => Date.parse(document.updated);
  return found.toSorted((a, b) => time(b) - time(a))[0];
}

/** What is wrong with the files that a model needs, as far as their sizes tell. */
async function problemOf(folder: string, { files }: StoredDocument): Promise<string | undefined> {
  for (const file of [files.weights, files.ngrams, files.bag, files.digest]) {
    const problem = file && (await sizeProblem(folder, file));
    if (problem !== undefined) return `${join(folder, file!.name)}: damaged: ${problem}`;
  }
  return undefined;
}

/** Folders with a `checkpoint.json`; a run that has saved nothing yet has none. */
export async function namesIn(root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => []);
  const hasDocument = await Promise.all(names.map((name) => exists(join(root, name, documentName))));
  return names.filter((_, index) => hasDocument[index]).toSorted();
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
