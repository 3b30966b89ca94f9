/** @file tsv: cells between tabs, where a quote is a character as any other. */
import { delimited } from "./delimited.js";

export const tsv = delimited(
  { describe: "a table, cells between tabs", extensions: ["tsv", "tab"] },
  { delimiter: "\t", quote: null, escape: null },
);
