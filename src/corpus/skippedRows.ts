/** @file The documents of a content; its other rows are skipped and counted. */
import { UserError } from "../common/errors.js";
import { itemsOf } from "./blocks.js";
import { badRow, blocksIn, type Corpus, type Document, isSkipped, placeOf, type SkippedRows } from "./document.js";
import type { Content } from "./formats/index.js";
import { labelSet } from "./labelSets.js";
import type { OpenOptions } from "./openOptions.js";

/** The highest share of bad rows. */
const maxBad = 0.1;
const maxListed = 10;
const maxInMessage = 3;

/**
 * The documents of a content, their labels renamed; other rows are counted.
 * @throws UserError while reading, for too many bad rows, or for the first one if `strict`
 */
export function countingSkipped(
  name: string,
  content: Content,
  { strict, labelMap }: Pick<OpenOptions, "strict" | "labelMap">,
): Pick<Required<Corpus>, "skipped" | "read" | "readBlocks"> {
  const renamed = (document: Document): Document => {
    if (document.labels && labelMap)
      return { ...document, labels: labelSet(document.labels.map((label) => labelMap.get(label) ?? label)) };
    const label = document.label === undefined ? undefined : labelMap?.get(document.label);
    return label === undefined ? document : { ...document, label };
  };
  const skipped: SkippedRows = { bad: 0, unlabeled: 0, blank: 0, first: [] };
  const readBlocks = async function* (): AsyncGenerator<Document[]> {
    const counts: SkippedRows = { bad: 0, unlabeled: 0, blank: 0, first: [] };
    let documents = 0;
    for await (const block of blocksIn(content)) {
      const found: Document[] = [];
      for (const row of block) {
        if (!isSkipped(row)) {
          documents += rowsIn(row, content, counts.bad > 0 || content.hasFiles === true);
          found.push(renamed(row));
          continue;
        }
        if (content.shape === "stream" && !content.hasFiles) documents = Math.max(documents, row.line - 1 - counts.bad);
        if (strict && row.skipped === "bad") throw badRow(name, row);
        counts[row.skipped]++;
        if (row.skipped !== "blank" && counts.first.length < maxListed) counts.first.push(row);
      }
      if (found.length > 0) yield found;
    }
    const rows = documents + counts.unlabeled + counts.bad;
    if (counts.bad > maxBad * rows) throw tooManyBad(name, counts, rows);
    Object.assign(skipped, counts);
  };
  return { skipped, read: () => itemsOf(readBlocks()), readBlocks };
}

/** Lines of a plain text, else 1. Those of a stream in one file before its first bad line are known by the number of that. */
function rowsIn({ text }: Document, { shape, reading }: Content, areCounted: boolean): number {
  if (shape === "stream") return areCounted ? linesIn(text) : 0;
  return reading.documents === "paragraphs" ? linesIn(text) : 1;
}

const linesIn = (text: string): number => text.split("\n").length - 1 + (text.endsWith("\n") ? 0 : 1);

function tooManyBad(name: string, { bad, first }: SkippedRows, rows: number): UserError {
  const found = first.filter(({ skipped }) => skipped === "bad");
  const encoding = /^(undecodable|not UTF-8)/.test(found[0]?.reason ?? "")
    ? "; for another encoding, add --encoding, as in --encoding windows-1252"
    : "";
  if (bad === 1 && found[0]) return badRow(name, { ...found[0], reason: found[0].reason + encoding });
  const listed = found
    .slice(0, maxInMessage)
    .map((row) => `${row.source === undefined ? "line " : ""}${placeOf(row)}: ${row.reason}`);
  return new UserError(
    `${name}: ${bad} of ${rows} rows are bad, more than ${maxBad * 100} %; correct them, or read the file in another way (--input-format); ` +
      listed.join("; ") +
      (bad > listed.length ? "; …" : "") +
      encoding,
  );
}
