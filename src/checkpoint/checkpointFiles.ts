/** @file Files that are written for good and read with every byte checked. */
import { createHash } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, messageOf, UserError } from "../common/errors.js";

/** What a checkpoint says of each of its files. */
export type StoredFile = { name: string; bytes: number; sha256: string };

const block = 2 ** 23; // bytes hashed while the disk takes them

/**
 * Writes a new file and waits until the disk has it.
 * @param flags "wx" refuses a file that exists, "w" replaces it
 */
export async function writeDurably(
  folder: string,
  name: string,
  chunks: Uint8Array[],
  flags: "w" | "wx",
): Promise<StoredFile> {
  const hash = createHash("sha256");
  const handle = await open(join(folder, name), flags);
  let bytes = 0;
  try {
    for (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += block) {
        const part = chunk.subarray(start, start + block);
        const written = handle.writeFile(part); // in the background of the hash
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

/** Makes a folder's changes of names durable, where the system lets folders be flushed (Windows does not). */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!["EISDIR", "EPERM", "EACCES", "EINVAL"].includes(codeOf(error) ?? "")) throw error;
  }
}

/** What is wrong with a file's existence and size, or undefined where nothing is; reads none of its bytes. */
export async function sizeProblem(folder: string, { name, bytes }: StoredFile): Promise<string | undefined> {
  try {
    const found = await stat(join(folder, name));
    if (!found.isFile()) return "is not a file";
    return found.size === bytes ? undefined : `has ${found.size} bytes, not ${bytes}`;
  } catch (error) {
    return codeOf(error) === "ENOENT" ? "is missing" : `cannot be read: ${messageOf(error)}`;
  }
}

/** @throws UserError unless the file has the size and the SHA-256 that its checkpoint says */
export async function readVerified(folder: string, file: StoredFile): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(folder, file.name);
  const damaged = (problem: string) =>
    new UserError(`${path} ${problem}: the checkpoint is damaged; take it from a copy or train again`);
  const problem = await sizeProblem(folder, file);
  if (problem) throw damaged(problem);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw damaged(`cannot be read: ${messageOf(error)}`);
  });
  if (bytes.length !== file.bytes) throw damaged(`has ${bytes.length} bytes, not ${file.bytes}`);
  if (createHash("sha256").update(bytes).digest("hex") !== file.sha256) {
    throw damaged("has changed since it was saved (its SHA-256 differs)");
  }
  return bytes;
}
