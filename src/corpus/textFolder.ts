/** @file A folder as a corpus: a document a file, and its subfolders' names as labels. */
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { UserError } from "../common/errors.js";
import type { Document } from "./document.js";
import type { Content, ReadOptions } from "./formats/format.js";
import { extensionOf, formats, isGzip } from "./formats/index.js";
import { fileSource, gunzipped, readingError } from "./byteSource.js";

/** Paths of a folder's text files, relative to it, with "/" in them, in the order of their code units. */
export async function textFilesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw readingError(error, folder);
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .filter(isTextFile);
  if (paths.length === 0) {
    throw new UserError(
      `${folder} holds no text files (${formats.text.extensions.map((name) => `.${name}`).join(", ")})`,
    );
  }
  paths.sort();
  return paths;
}

/** By its extension; hidden files, what lies in hidden folders, and a README are none. */
const isTextFile = (path: string): boolean =>
  formats.text.extensions.includes(extensionOf(path)) && !/(^|\/)(\.|readme\.)/i.test(path);

/** Each file a document, or several by line or paragraph. Labelled where all files lie in subfolders, of which there are two or more. */
export function folderContent(folder: string, paths: string[], options: ReadOptions): Content {
  const labels = paths.map((path) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : undefined));
  const labelled = labels.every((label) => label !== undefined) && new Set(labels).size > 1;
  return {
    shape: "documents",
    labelled,
    read: async function* () {
      for (const [index, path] of paths.entries()) {
        const label = labelled ? labels[index] : undefined;
        for await (const text of textsOf(join(folder, path), options))
          yield label === undefined ? { text } : { text, label };
      }
    },
  };
}

async function* textsOf(path: string, options: ReadOptions): AsyncGenerator<Document["text"]> {
  const source = isGzip(path) ? gunzipped(fileSource(path)) : fileSource(path);
  const { shape, read } = await formats.text.open(source, options);
  const pieces: string[] = [];
  for await (const { text } of read()) {
    if (shape === "documents") yield text;
    else pieces.push(text);
  }
  if (shape === "stream") yield pieces.join("");
}
