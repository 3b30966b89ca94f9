/** @file fasttext and trec: one text a line, after its label: `__label__good a text` and `DESC:manner a question`. */
import type { FormatName } from "../../common/names.js";
import type { Document, SkippedRow } from "../document.js";
import { labelSet } from "../labelSets.js";
import { readLines } from "../decoding/textDecoding.js";
import type { Format } from "./index.js";

/** Two groups: the label and the text. */
type Pattern = RegExp;

/** Of several labels the first is taken. */
const fasttextLine: Pattern = /^\s*__label__(\S+)((?:\s+__label__\S+)*\s.*)$/;
/** The label is the coarse one, before the colon. */
const trecLine: Pattern = /^([A-Z]{2,}):[a-z]\w* (.*)$/;

const lineFormat = (name: FormatName, describe: string, example: string, pattern: Pattern): Format => ({
  describe,
  extensions: [],
  options: name === "fasttext" ? ["encoding", "multilabel"] : ["encoding"],
  open: (source, { encoding, textsOnly, multilabel }) =>
    Promise.resolve({
      reading: { format: name, encoding: encoding ?? "auto" },
      shape: "documents",
      labeled: !textsOnly,
      read: async function* (): AsyncGenerator<Document | SkippedRow> {
        let number = 0;
        for await (const line of readLines(source, encoding)) {
          number++;
          if (typeof line !== "string") {
            yield line;
            continue;
          }
          if (line.trim() === "") {
            yield { skipped: "blank", line: number, reason: "the line is empty" };
            continue;
          }
          const match = pattern.exec(line);
          const text = (match?.[2] ?? line).replaceAll(/(^|\s)__label__\S+/g, "").trim();
          if (text === "") yield { skipped: "bad", line: number, reason: "the text is empty" };
          else if (textsOnly) yield { text, line: number, ...(match && { label: match[1]! }) };
          else if (match && multilabel) yield { text, labels: labelsBefore(line), line: number };
          else if (match) {
            const hasMoreLabels = name === "fasttext" && /^\s*__label__/.test(match[2]!);
            yield { text, label: match[1]!, line: number, ...(hasMoreLabels && { hasMoreLabels }) };
          } else yield { skipped: "unlabeled", line: number, reason: `no label; expected a line such as ${example}` };
        }
      },
    }),
});

export const fasttext: Format = lineFormat(
  "fasttext",
  "fastText: a text a line, after its __label__",
  '"__label__good a text"',
  fasttextLine,
);

export const trec: Format = lineFormat(
  "trec",
  "TREC: a question a line, after its LABEL:fine",
  '"DESC:manner a question"',
  trecLine,
);

/** All labels of a line of fastText. */
const labelsBefore = (line: string): string[] =>
  labelSet([...line.matchAll(/(?:^|\s)__label__(\S+)/g)].map(([, label]) => label!));

export const isFasttextLine = (line: string): boolean => fasttextLine.test(line);
export const isTrecLine = (line: string): boolean => trecLine.test(line);
