/** @file Files that are flushed to the disk when written and verified by their SHA-256 when read. */
import { createHash } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, inFile, messageOf, UserError } from "../common/errors.js";
import { warnOnce } from "../common/warnings.js";

/** A file of a checkpoint, as `checkpoint.json` records it. */
export type StoredFile = { name: string; bytes: number; sha256: string };

const blockBytes = 2 ** 23; // hashed while the disk writes them

/** Writes a new file and waits until the disk has it; a file or a link of that name is an error. */
export async function writeDurably(folder: string, name: string, chunks: Uint8Array[]): Promise<StoredFile> {
  const hash = createHash("sha256");
  const handle = await open(join(folder, name), "wx");
  let bytes = 0;
  try {
    for (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += blockBytes) {
        const part = chunk.subarray(start, start + blockBytes);
        const written = handle.writeFile(part); // at the same time as the hash
        hash.update(part);
        await written;
      }
      bytes += chunk.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { name, bytes, sha256: hash.digest("hex") };
}

/** Flushes renames in a folder to the disk, if the system can (Windows cannot). A failure is a warning: the files are complete. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!["EISDIR", "EPERM", "EACCES", "EINVAL"].includes(codeOf(error) ?? ""))
      warnOnce(`${folder}: the disk did not confirm the save: ${messageOf(error)}; a loss of power could undo it`);
  }
}

/** The problem with the existence or the size of a file, or undefined; its bytes are not read. */
export async function sizeProblem(folder: string, { name, bytes }: StoredFile): Promise<string | undefined> {
  try {
    const found = await stat(join(folder, name));
    if (!found.isFile()) return "not a file";
    return found.size === bytes ? undefined : `${found.size} bytes instead of ${bytes}`;
  } catch (error) {
    return codeOf(error) === "ENOENT" ? "missing" : `could not read it: ${messageOf(error)}`;
  }
}

/** @throws UserError unless the file has the size and the SHA-256 that the checkpoint records */
export async function readVerified(folder: string, file: StoredFile): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(folder, file.name);
  return inFile(path, async () => {
    const damaged = (problem: string) =>
      new UserError(`damaged: ${problem}; restore the checkpoint from a copy or train again`);
    const problem = await sizeProblem(folder, file);
    if (problem) throw damaged(problem);
    const bytes = await readFile(path).catch((error: unknown) => {
      throw damaged(`could not read it: ${messageOf(error)}`);
    });
    if (bytes.length !== file.bytes) throw damaged(`${bytes.length} bytes instead of ${file.bytes}`);
    if (createHash("sha256").update(bytes).digest("hex") !== file.sha256) {
      throw damaged("it has changed since it was saved (its SHA-256 differs)");
    }
    return bytes;
  });
}
