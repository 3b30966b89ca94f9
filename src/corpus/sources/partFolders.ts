/** @file The folders of a corpus that is split already: train/ and test/, as many data sets are published. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** The paths of the folders of each part. */
export type PartFolders = { training: string; validation?: string; test?: string };

/** Names, or ends of names, as in 20news-bydate-train. */
const partNames: Readonly<Record<keyof PartFolders, RegExp>> = {
  training: /(^|[-_.])train(ing)?$/i,
  validation: /(^|[-_.])(validation|valid|val|dev)$/i,
  test: /(^|[-_.])test(ing)?$/i,
};

/** Folders of texts without labels, beside those of labels. */
export const withoutLabels = /^(unsup|unsupervised|unlabell?ed)$/i;

/**
 * The parts of a folder that has a folder of training texts and one of validation or test texts, and no folders with other names, which would
 * be labels; undefined for another folder or a file.
 */
export async function partFolders(folder: string): Promise<PartFolders | undefined> {
  const names = await foldersIn(folder);
  const found: Partial<PartFolders> = {};
  for (const name of names) {
    const part = (["training", "validation", "test"] as const).find((one) => partNames[one].test(name));
    if (part === undefined && withoutLabels.test(name)) continue;
    if (part === undefined || found[part] !== undefined) return undefined;
    found[part] = join(folder, name);
  }
  const { training, validation, test } = found;
  return training !== undefined && (validation ?? test) !== undefined ? { ...found, training } : undefined;
}

/** The names of the visible folders in a folder, and of links to folders. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch(() => []); // a file, or a folder whose fault is found when it is read
  const visible = entries.filter((name) => !name.startsWith(".") && name !== "__MACOSX");
  const kinds = await Promise.all(visible.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return visible.filter((_, at) => kinds[at]?.isDirectory());
}
