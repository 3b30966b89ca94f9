/** @file Files that a command writes at its end: tried before the work, written beside and renamed, and never in place of another program's. */
import { randomUUID } from "node:crypto";
import { access, constants, mkdtemp, open, realpath, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, UserError } from "./errors.js";

/** Characters at the start of a file in which its mark is searched. */
const markRange = 4096;

/**
 * Makes and removes an empty folder where a path would be, to show before the work that it can be written.
 * @param path a file or a folder; folders above it may be missing
 * @throws the error of the system
 */
export async function tryPath(path: string): Promise<void> {
  let parent = dirname(resolve(path));
  while (!(await exists(parent)) && dirname(parent) !== parent) parent = dirname(parent);
  try {
    await rmdir(await mkdtemp(join(parent, ".rnn-try-")));
  } catch (error) {
    if (!(await isWritableFile(path))) throw error;
  }
}

/**
 * Shows before the work that a file can be written.
 * @param mark a text that the start of every such file has; a file without it is of another program
 * @param force also replace a file of another program
 * @throws UserError for a folder and for a file of another program, and the error of the system
 */
export async function tryFile(path: string, mark: string, force: boolean): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UserError(`${path} is a folder; name a file`);
  if (found?.isFile() && found.size > 0 && !force && !(await startOf(path)).includes(mark))
    throw new UserError(`${path} exists and was not written by rnn; name another path, or replace it with --force`);
  if (found !== undefined && !found.isFile()) return;
  await stat(dirname(path)); // only folders of results are made with those above them
  await tryPath(path);
}

/**
 * Writes a file whole or not at all: beside, then renamed. A link keeps its place; a device or pipe is written as it is.
 * @throws the error of the system; the file that was there is intact then
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const target = await realpath(path).catch(() => path);
  if ((await exists(target)) && !(await stat(target)).isFile()) return writeFile(target, content);
  const beside = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, content, { flag: "wx", flush: true });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    const mayNotRename = ["EACCES", "EPERM"].includes(codeOf(error) ?? "");
    if (!mayNotRename || !(await isWritableFile(target))) throw error;
    await writeFile(target, content); // of a folder in which no file can be made
  }
}

async function startOf(path: string): Promise<string> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(markRange), 0, markRange, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isWritableFile = async (path: string): Promise<boolean> =>
  (await exists(path)) &&
  (await stat(path)).isFile() &&
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
