/** @file Writes the plots of a report as SVG files. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, UserError } from "../common/errors.js";
import { makeFolders } from "../common/makeFolders.js";

/** SVG files by name, for example "loss.svg". */
export type Pictures = Readonly<Record<string, string>>;

/** A name as a part of a file name: letters and digits, with "-" for everything else. */
export const fileName = (name: string): string => name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "");

/**
 * Creates the folder if it does not exist, and replaces files of the same names in it.
 * @returns the paths of the files
 * @throws UserError if they cannot be written
 */
export async function savePictures(folder: string, pictures: Pictures): Promise<string[]> {
  try {
    await makeFolders(folder);
    const paths = Object.keys(pictures).map((name) => join(folder, name));
    for (const [name, svg] of Object.entries(pictures)) await writeFile(join(folder, name), svg);
    return paths;
  } catch (error) {
    throw new UserError(`could not write the pictures: ${messageOf(error)}; name another folder`);
  }
}
