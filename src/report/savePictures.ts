/** @file Writes the plots of a report as SVG files. */
import { join } from "node:path";
import { messageOf, UserError } from "../common/errors.js";
import { makeFolders } from "../common/makeFolders.js";
import { tryFile, tryPath, writeWhole } from "../common/outputFiles.js";
import { pictureMark } from "../render/plotFigure.js";

/** SVG files by name, for example "loss.svg". */
export type Pictures = Readonly<Record<string, string>>;

/** A name as a part of a file name: letters and digits, with "-" for everything else. */
export const fileName = (name: string): string => name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "");

const failure = (error: unknown): UserError =>
  error instanceof UserError
    ? error
    : new UserError(`could not write the pictures: ${messageOf(error)}; name another folder`);

/** Shows before the work that files can be written into a folder. @throws UserError if they cannot */
export async function tryPictures(folder: string): Promise<void> {
  await tryPath(join(folder, "picture.svg")).catch((error: unknown) => {
    throw failure(error);
  });
}

/**
 * Creates the folder if it does not exist, and replaces pictures of the same names in it.
 * @param force also replace files that rnn did not write
 * @returns the paths of the files
 * @throws UserError if they cannot be written
 */
export async function savePictures(folder: string, pictures: Pictures, force = false): Promise<string[]> {
  const paths = Object.keys(pictures).map((name) => join(folder, name));
  try {
    await makeFolders(folder);
    for (const path of paths) await tryFile(path, pictureMark, force);
    for (const [name, svg] of Object.entries(pictures)) await writeWhole(join(folder, name), svg);
    return paths;
  } catch (error) {
    throw failure(error);
  }
}
