/** @file The format of a file, by its name and its first lines. */
import { UserError } from "../common/errors.js";
import type { FormatName } from "../common/names.js";
import type { ByteSource } from "./sources/byteSource.js";
import { labelNames, normalName, textNames } from "./columns/columnNames.js";
import { columnValues, enoughRows, looksLikeLabels, looksLikeTexts } from "./columns/columnValues.js";
import { columnsOf, isBreak } from "./formats/conll.js";
import { formatOf, formatOfBytes } from "./formats/index.js";
import { isFasttextLine, isTrecLine } from "./formats/labeledLines.js";
import { sampledText } from "./decoding/utf8Bytes.js";

/** The format of a file. Its name counts, unless it is that of a plain text or a table and the lines are of another format. */
export async function formatFor(path: string, source: ByteSource): Promise<FormatName> {
  const named = path === "-" ? "text" : formatOf(path);
  if (named === "text") {
    for await (const chunk of source.bytes()) {
      const found = formatOfBytes(chunk);
      if (found) return found;
      break;
    }
  }
  if (named === "csv" || named === "tsv" || named === "jsonl") await refuseHtml(source, named);
  const byLines = overridden[named];
  if (byLines === undefined) return named;
  const found = formatOfLines(await firstLines(source));
  return found !== undefined && byLines.includes(found) ? found : named;
}

const htmlStart = /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html)[\s>]/i;

/** Whether a text is a page of HTML, by its start. */
export const isHtml = (text: string): boolean => htmlStart.test(text);

/** @throws UserError for a page of HTML in place of a table, as a download without access gives it */
async function refuseHtml(source: ByteSource, named: FormatName): Promise<void> {
  for await (const text of sampledText(source)) {
    if (!isHtml(text)) return;
    throw new UserError(
      `${source.name}: it is an HTML page, not ${named}; download the file itself, or extract the text of the page, as with html2text, and add --input-format text`,
    );
  }
}

/** The formats of lines that count more than that of a name. */
const overridden: { [Name in FormatName]?: readonly FormatName[] } = {
  text: ["jsonl", "fasttext", "trec", "conll", "conllu", "csv", "tsv"],
  csv: ["conll", "conllu", "fasttext"],
  tsv: ["conll", "conllu", "fasttext"],
  conll: ["conllu"],
};

const maxLines = 400;

/** Whole lines of the first chunk of the text. */
async function firstLines(source: ByteSource): Promise<string[]> {
  for await (const text of sampledText(source)) {
    const lines = text.split("\n");
    if (lines.length > 1) lines.pop(); // it may be cut off
    return lines.slice(0, maxLines);
  }
  return [];
}

/** The format of a text that is neither plain nor a table; undefined if its lines have no pattern. */
export function formatOfLines(lines: readonly string[]): FormatName | undefined {
  const some = lines.filter((line) => line.trim() !== "");
  if (some.length === 0) return undefined;
  if (isJson(some)) return "jsonl";
  if (nearlyAll(some, isFasttextLine)) return "fasttext";
  if (
    some.length > 2 &&
    nearlyAll(some, isTrecLine) &&
    distinct(some.map((line) => line.split(":")[0]!)) <= some.length / 2
  )
    return "trec";
  if (isConllu(some)) return "conllu";
  return isConll(lines) ? "conll" : tableFormat(some);
}

const delimiters = ["\t", ";", "|", ","];

/** A table in a file with the name of a text: equally many cells in each line, some of which are labels and some texts. */
function tableFormat(lines: readonly string[]): FormatName | undefined {
  const delimiter = delimiters.find((one) => isTable(lines, one));
  return delimiter === undefined ? undefined : delimiter === "\t" ? "tsv" : "csv";
}

function isTable([first = "", ...others]: readonly string[], delimiter: string): boolean {
  const names = first.split(delimiter);
  const known = names.map(normalName);
  const isNamed = known.some((name) => textNames.includes(name)) && known.some((name) => labelNames.includes(name));
  if (isNamed) return others.some((line) => line.includes(delimiter));
  const rows = others.map((line) => line.split(delimiter)).filter((cells) => cells.length === names.length);
  if (names.length < 2 || rows.length < Math.max(enoughRows, 0.95 * others.length)) return false;
  const columns = names.map((name, index) => {
    const cells = rows.map((row) => row[index]!.trim());
    return { ...columnValues(cells), cells, index, name };
  });
  return columns.some(looksLikeLabels) && columns.some(looksLikeTexts);
}

const nearlyAll = (lines: readonly string[], fits: (line: string) => boolean): boolean =>
  lines.filter(fits).length >= 0.95 * lines.length;

const distinct = (values: readonly string[]): number => new Set(values).size;

/** Objects, one a line, or the start of an array of objects. */
const isJson = ([first, second = ""]: readonly string[]): boolean =>
  isObject(first!) || /^\s*\[\s*\{\s*("|$)/.test(first!) || (first!.trim() === "[" && /^\s*\{\s*("|$)/.test(second));

function isObject(line: string): boolean {
  if (!/^\s*\{\s*"/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Ten columns, the first of which numbers the words. */
function isConllu(lines: readonly string[]): boolean {
  const words = lines.filter((line) => !line.startsWith("#"));
  return words.length > 0 && words.every((line) => /^\d+([-.]\d+)?\t/.test(line) && line.split("\t").length === 10);
}

const maxTags = 60;

/** Rows of equally many columns in sentences, whose last column has BIO tags, or a few tags in capitals behind tabs. */
function isConll(lines: readonly string[]): boolean {
  const words = lines.filter((line) => !isBreak(line)).map(columnsOf);
  const width = words[0]?.length ?? 0;
  const hasSentences = lines.some((line, at) => isBreak(line) && at > 0 && at < lines.length - 1);
  if (width < 2 || width > 10 || words.some((columns) => columns.length !== width)) return false;
  const tags = words.map((columns) => columns.at(-1)!);
  if (tags.some((tag) => /^[BI]-/.test(tag)) && tags.every((tag) => /^(O|[BIESLU]-\S+)$/.test(tag))) return true;
  const byTabs = lines.every((line) => isBreak(line) || line.includes("\t"));
  return (
    hasSentences &&
    byTabs &&
    tags.every((tag) => /^[A-Z$][A-Z$_-]*$|^[.,:'`()#"]+$/.test(tag)) &&
    distinct(tags) <= Math.min(maxTags, tags.length / 2)
  );
}
