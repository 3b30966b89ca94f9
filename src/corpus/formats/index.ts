/** @file Every format once, and which one a file has by its name. */
import { type FormatName, formatNames } from "../../common/names.js";
import type { Format } from "./format.js";
import { conllu } from "./conllu.js";
import { csv } from "./csv.js";
import { idx } from "./idx.js";
import { jsonl } from "./jsonl.js";
import { text } from "./plainText.js";
import { tsv } from "./tsv.js";

export const formats: { [Name in FormatName]: Format } = { text, csv, tsv, jsonl, idx, conllu };

/** By the extension before any ".gz", or a name as in "train-images-idx3-ubyte": plain text unless it is another's. */
export function formatOf(path: string): FormatName {
  const extension = extensionOf(path);
  const found = formatNames.find((name) => formats[name].extensions.includes(extension));
  return found ?? (/[-._]idx\d-[a-z]+$/i.test(withoutGzip(path)) ? "idx" : "text");
}

export const isGzip = (path: string): boolean => /\.gz$/i.test(path);

/** The name without any ".gz". */
export const withoutGzip = (path: string): string => path.replace(/\.gz$/i, "");

/** In lower case, without the dot and any ".gz". */
export const extensionOf = (path: string): string => /\.([^./\\]+)$/.exec(withoutGzip(path))?.[1]?.toLowerCase() ?? "";
