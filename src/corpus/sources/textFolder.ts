/** @file A folder as a corpus: each file is a document, and the names of its subfolders are labels. */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../common/errors.js";
import { type Document, documentsOf, isSkipped, type SkippedRow } from "../document.js";
import { type Content, extensionOf, formats, isGzip, type ReadOptions } from "../formats/index.js";
import { withoutLabels } from "./partFolders.js";
import type { EncodingOption, RecordedEncoding } from "../../common/names.js";
import { encodingOfFiles, withWindowsBytes } from "./folderEncoding.js";
import { type ByteSource, decompressed, fileSource, gunzipped, readingError } from "./byteSource.js";

/** The paths of the text files in a folder, relative to it, with "/" as the separator, sorted by code units. Links are followed. */
export async function textFilesOf(folder: string): Promise<string[]> {
  const paths = (await filesIn(folder, "", [])).filter(isTextFile);
  if (paths.length === 0) {
    throw new UserError(
      `${folder}: no text files in it (${formats.text.extensions.map((name) => `.${name}`).join(", ")}, or names without an extension)`,
    );
  }
  paths.sort();
  return paths;
}

/** @param parents the real paths of the folders around it, so that a link to one of them ends */
async function filesIn(folder: string, path: string, parents: readonly string[]): Promise<string[]> {
  const here = join(folder, path);
  const failed = (error: unknown): never => {
    throw readingError(error, here);
  };
  const real = await realpath(here).catch(failed);
  if (parents.includes(real)) return [];
  const found: string[] = [];
  for (const entry of await readdir(here, { withFileTypes: true }).catch(failed)) {
    const inside = path === "" ? entry.name : `${path}/${entry.name}`;
    const target = entry.isSymbolicLink() ? await stat(join(folder, inside)).catch(() => entry) : entry; // a broken link is neither
    if (target.isDirectory()) found.push(...(await filesIn(folder, inside, [...parents, real])));
    else if (target.isFile()) found.push(inside);
  }
  return found;
}

const notTexts = /(^|\/)(\.|(readme|license|licence|makefile|copying|changelog)(\.|$))/i;

/** Whether a path has the extension of a text file, or none; not for READMEs, hidden files and files in hidden folders. */
const isTextFile = (path: string): boolean =>
  (formats.text.extensions.includes(extensionOf(path)) || !path.slice(path.lastIndexOf("/") + 1).includes(".")) &&
  !notTexts.test(path);

/** The share of files that may be beside the folders of the labels. */
const maxBeside = 0.1;

/**
 * The label of each path: its first folder, or the second in `train/` and `test/`; undefined for files beside the folders of labels, and for
 * the texts without labels that some data sets have beside them, as `unsup/`. Null if the folder has no labels.
 */
function labelsOf(paths: readonly string[]): (string | undefined)[] | null {
  const parts = paths.map((path) => path.split("/").slice(0, -1));
  const inSplit = parts.every(([first]) => first === undefined || /^(train|test)$/i.test(first));
  const labels = parts.map((folders) => folders[inSplit ? 1 : 0]);
  const names = new Set(labels.filter((label) => label !== undefined));
  const known = [...names].filter((name) => !withoutLabels.test(name));
  if (names.size < 2) return null;
  if (known.length >= 2) for (const name of names) if (withoutLabels.test(name)) names.delete(name);
  const beside = paths.filter((path, at) => labels[at] === undefined && !/(^|\/)urls_[^/]*$/.test(path)).length;
  if (beside > maxBeside * paths.length) return null;
  return labels.map((label) => (label !== undefined && names.has(label) ? label : undefined));
}

/** The labels of the files of a folder, in their order, null for none; the bytes of a file, and their encoding. */
export type FolderRules = {
  labels: readonly (string | undefined)[] | null;
  bytesOf: (path: string) => ByteSource;
  encoding?: RecordedEncoding;
};

/**
 * The labels of `labelsOf`, and bytes that are decompressed if they are gzip.
 * @param recorded the encoding of a record. Records of earlier versions have "auto": there a byte that is not UTF-8 is a fault of its file
 */
export async function folderRules(
  folder: string,
  paths: readonly string[],
  given: EncodingOption = "auto",
  recorded?: RecordedEncoding,
): Promise<FolderRules> {
  const labels = labelsOf(paths);
  if (given !== "auto" || recorded === "auto") return { labels, bytesOf: unpackedFile, encoding: given };
  const read = paths.filter((_, index) => labels === null || labels[index] !== undefined);
  const encoding = recorded ?? (await encodingOfFiles(read.map((path) => unpackedFile(join(folder, path)))));
  return { labels, bytesOf: (path) => withWindowsBytes(unpackedFile(path)), encoding };
}

/** Each file is one document, or one for each line or paragraph. A file that cannot be read is a bad row. */
export function folderContent(
  folder: string,
  paths: readonly string[],
  options: ReadOptions,
  { labels, bytesOf, encoding = options.encoding ?? "auto" }: FolderRules,
): Content {
  return {
    reading: {
      format: "text",
      encoding,
      ...(options.documents && { documents: options.documents }),
    },
    shape: "documents",
    labeled: labels !== null,
    read: async function* () {
      for (const [index, path] of paths.entries()) {
        const label = labels?.[index];
        const source = join(folder, path);
        if (labels !== null && label === undefined) {
          yield { skipped: "unlabeled", line: 0, reason: "in no folder of a label", source };
          continue;
        }
        try {
          for await (const text of textsOf(bytesOf(source), options)) {
            if (typeof text !== "string") yield { ...text, source };
            else yield label === undefined ? { text } : { text, label };
          }
        } catch (error) {
          if (!(error instanceof UserError) || paths.length === 1) throw error;
          yield { skipped: "bad", line: 0, reason: error.message.replace(`${source}: `, ""), source };
        }
      }
    },
  };
}

/** In UTF-16 code units. */
const maxDocumentLength = 1 << 26;

const unpackedFile = (path: string): ByteSource =>
  isGzip(path) ? gunzipped(fileSource(path)) : decompressed(fileSource(path));

/** The whole text, or each line or paragraph. @throws UserError for a whole text that has a bad line */
async function* textsOf(source: ByteSource, options: ReadOptions): AsyncGenerator<Document["text"] | SkippedRow> {
  const { shape, read } = await formats.text.open(source, options);
  if (shape === "documents") {
    for await (const row of read()) yield isSkipped(row) ? row : row.text;
    return;
  }
  const pieces: string[] = [];
  let length = 0;
  for await (const { text } of documentsOf(source.name, read())) {
    length += text.length;
    if (length > maxDocumentLength)
      throw new UserError(`${source.name}: longer than 64 MiB; split it into several files`);
    pieces.push(text);
  }
  yield pieces.join("");
}
