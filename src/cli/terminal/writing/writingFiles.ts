/** @file The files of `rnn write`: the text, its transcript, an export, and what is saved when the program is stopped. */
import { existsSync, writeFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as v from "valibot";
import { codeOf, UserError } from "../../../common/errors.js";
import { writeWhole } from "../../../common/outputFiles.js";
import { readingError } from "../../../corpus/sources/byteSource.js";
import { markup } from "../../../render/markup.js";
import { type AuthoredPart, type Page, pageOf, partsOf } from "./authoredText.js";

/** How a file is stored, so that saving keeps what was not changed. */
export type FileForm = { mark: boolean; lineEnd: "\n" | "\r\n" };

export type OpenedText = { page: Page; form: FileForm; isNew: boolean };

const maxBytes = 2 ** 24;

export const transcriptOf = (file: string): string => `${file}.transcript.jsonl`;

/** A new text. */
export const emptyText = (): OpenedText => ({ page: pageOf([]), form: { mark: false, lineEnd: "\n" }, isNew: true });

/**
 * Opens a file to go on with it; one that is missing is a new text. The transcript beside it says who wrote what, if it has the text of the file.
 * @throws UserError for a file that cannot be read, that is not UTF-8, or of more than 16 MiB
 */
export async function openText(file: string): Promise<OpenedText> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(file);
    if (size > maxBytes) throw new UserError(`${file} is longer than 16 MiB; write in a shorter file`);
    bytes = await readFile(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return emptyText();
    throw readingError(error, file);
  }
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const stored = decoded(file, bytes);
  const lineEnd = /\r\n/.test(stored) && !/(?<!\r)\n/.test(stored) ? "\r\n" : "\n";
  const text = lineEnd === "\r\n" ? stored.replaceAll("\r\n", "\n") : stored;
  const parts = await readTranscript(transcriptOf(file));
  const isOfFile = parts.map((part) => part.text).join("") === text;
  return { page: pageOf(isOfFile ? parts : [{ author: "file", text }]), form: { mark, lineEnd }, isNew: false };
}

function decoded(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${file} is not UTF-8; convert it first, as with iconv -t utf-8`);
  }
}

const transcriptLine = v.object({ author: v.picklist(["person", "model", "file"]), text: v.string() });

/** The parts of a transcript; none if it is missing or another program's. */
async function readTranscript(path: string): Promise<AuthoredPart[]> {
  try {
    const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
    return lines.map((line) => v.parse(transcriptLine, JSON.parse(line)));
  } catch {
    return [];
  }
}

export const transcriptText = (page: Page): string =>
  partsOf(page)
    .map((part) => `${JSON.stringify(part)}\n`)
    .join("");

const storedText = (text: string, { mark, lineEnd }: FileForm): string =>
  (mark ? "\uFEFF" : "") + text.replaceAll("\n", lineEnd);

/** @throws the error of the system; the file that was there is intact then */
export async function saveText(file: string, page: Page, form: FileForm, transcript: boolean): Promise<void> {
  await writeWhole(file, storedText(page.text, form));
  if (transcript) await writeWhole(transcriptOf(file), transcriptText(page));
}

/** Writes the page as HTML, with the model's words marked. @returns the path @throws the error of the system */
export async function exportText(file: string | null, page: Page): Promise<string> {
  const path = `${file ?? freeName("text", ".txt")}.html`;
  await writeWhole(path, writtenPage(file ?? "text", partsOf(page)));
  return path;
}

const exportStyle = `body { max-width: 40em; margin: 2em auto; padding: 0 1em; font: 1.1em/1.6 Georgia, serif; white-space: pre-wrap; }
mark { background: #fff3b0; color: inherit; }
footer { color: #666; font-size: 0.8em; margin-top: 2em; }`;

/** A text as HTML. @param parts the text; that of the model is marked */
export const writtenPage = (title: string, parts: readonly AuthoredPart[]): string => {
  const marked = parts.map(({ author, text }) => (author === "model" ? markup`<mark>${text}</mark>` : text));
  const footer = "What is marked was taken from a model.";
  return `<!doctype html>
${markup`<html lang="en"><head><meta charset="utf-8"><title>${title}</title>`.text}<style>${exportStyle}</style></head>
${markup`<body><main>${marked}</main><footer>${footer}</footer></body></html>`.text}
`;
};

/** A name that no file has, as in `text-2.txt`. */
export function freeName(stem: string, ending: string): string {
  for (let number = 1; ; number++) {
    const name = `${stem}-${number}${ending}`;
    if (!existsSync(name)) return name;
  }
}

/** Writes an unsaved text at once, beside its file or else into the folder of temporary files. @returns the path; null if it could not be written */
export function rescueText(file: string | null, text: string): string | null {
  const beside = file ?? "text";
  for (const stem of [beside, join(tmpdir(), basename(beside))]) {
    const path = freeName(`${stem}.recovered`, ".txt");
    try {
      writeFileSync(path, text, { flag: "wx", mode: 0o600 });
      return path;
    } catch {
      // the other folder is tried
    }
  }
  return null;
}
