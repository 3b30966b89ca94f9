/** @file A folder as a corpus: each file is a document, and the names of its subfolders are labels. */
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { UserError } from "../common/errors.js";
import { type Document, documentsOf } from "./document.js";
import { type Content, extensionOf, formats, isGzip, type ReadOptions } from "./formats/index.js";
import { fileSource, gunzipped, readingError } from "./byteSource.js";

/** The paths of the text files in a folder, relative to it, with "/" as the separator, sorted by code units. */
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
      `${folder}: no text files in it (${formats.text.extensions.map((name) => `.${name}`).join(", ")})`,
    );
  }
  paths.sort();
  return paths;
}

/** Whether a path has the extension of a text file; not for READMEs, hidden files and files in hidden folders. */
const isTextFile = (path: string): boolean =>
  formats.text.extensions.includes(extensionOf(path)) && !/(^|\/)(\.|readme\.)/i.test(path);

/** Each file is one document, or one for each line or paragraph. The corpus has labels if all files are in subfolders and there are two or more subfolders. */
export function folderContent(folder: string, paths: string[], options: ReadOptions): Content {
  const labels = paths.map((path) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : undefined));
  const labeled = labels.every((label) => label !== undefined) && new Set(labels).size > 1;
  return {
    reading: {
      format: "text",
      encoding: options.encoding ?? "auto",
      ...(options.documents && { documents: options.documents }),
    },
    shape: "documents",
    labeled,
    read: async function* () {
      for (const [index, path] of paths.entries()) {
        const label = labeled ? labels[index] : undefined;
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
  for await (const { text } of documentsOf(path, read())) {
    if (shape === "documents") yield text;
    else pieces.push(text);
  }
  if (shape === "stream") yield pieces.join("");
}
