/** @file jsonl: an object a line, as in {"text": …, "label": …}. */
import { UserError } from "../../errors.js";
import { namedColumns } from "../columns.js";
import { readLines } from "../decoding.js";
import type { Document } from "../document.js";
import type { Content, Format, ReadOptions } from "../format.js";
import type { Source } from "../source.js";

export const jsonl: Format = {
  describe: "a JSON object a line",
  extensions: ["jsonl", "ndjson"],
  takes: ["encoding", "textColumn", "labelColumn"],
  open,
};

type Entry = { values: Record<string, unknown>; place: string };

/** The first object's keys are the columns. */
async function open(source: Source, options: ReadOptions): Promise<Content> {
  const first = await firstOf(entriesOf(source, options));
  const names = Object.keys(first?.values ?? { text: "" });
  const columns = namedColumns(names, options, source.name);
  const textNames = columns.text.map((column) => names[column]!);
  const labelName = columns.label === undefined ? undefined : names[columns.label];
  return {
    shape: "documents",
    labelled: labelName !== undefined,
    read: async function* () {
      for await (const entry of entriesOf(source, options)) yield documentOf(entry, textNames, labelName);
    },
  };
}

function documentOf({ values, place }: Entry, textNames: string[], labelName: string | undefined): Document {
  const texts = textNames.map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value !== "string")
      throw new UserError(`${place}: ${name} is ${value === undefined ? "missing" : "no text"}`);
    return value.replaceAll("\r\n", "\n").replaceAll(/\p{Surrogate}/gu, "\uFFFD"); // halves of pairs, which only an escape can make
  });
  const text = texts.join(" ");
  if (labelName === undefined) return { text };
  const label = Object.hasOwn(values, labelName) ? values[labelName] : undefined;
  if (typeof label !== "string" && typeof label !== "number" && typeof label !== "boolean") {
    throw new UserError(
      `${place}: ${labelName} is ${label === undefined ? "missing" : "no label: expected a text or a number"}`,
    );
  }
  const name = String(label).trim();
  if (name === "") throw new UserError(`${place}: the label is empty`);
  return { text, label: name };
}

async function firstOf(entries: AsyncIterable<Entry>): Promise<Entry | undefined> {
  for await (const entry of entries) return entry;
  return undefined;
}

async function* entriesOf(source: Source, { encoding }: ReadOptions): AsyncGenerator<Entry> {
  let number = 0;
  for await (const line of readLines(source, encoding)) {
    number++;
    if (line.trim() !== "")
      yield { values: parsed(line, `${source.name}:${number}`), place: `${source.name}:${number}` };
  }
}

function parsed(line: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError(`${place}: not JSON; each line must be one object, as in {"text": "…", "label": "…"}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new UserError(`${place}: expected an object, as in {"text": "…", "label": "…"}`);
}
