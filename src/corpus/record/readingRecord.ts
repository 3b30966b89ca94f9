/** @file How the corpora of a checkpoint are read, as `checkpoint.json` records it. */
import * as v from "valibot";
import { checked } from "../../common/checked.js";
import type { JsonObject } from "../../common/json.js";
import { documentUnits, formatNames, recordedEncodings, tagColumnNames } from "../../common/names.js";
import type { Reading } from "../document.js";
import { formerOptionsOf } from "./formerRules.js";
import type { OpenOptions } from "../openOptions.js";

const names = v.array(v.string());
const entries = {
  format: v.picklist(formatNames),
  encoding: v.picklist(recordedEncodings),
  documents: v.optional(v.picklist(documentUnits)),
  delimiter: v.optional(v.string()),
  quote: v.optional(v.string()),
  escape: v.optional(v.string()),
  skipSpaces: v.optional(v.boolean()),
  header: v.optional(v.boolean()),
  width: v.optional(v.number()),
  textColumns: v.optional(names),
  textJoin: v.optional(v.picklist(["\n", " "])),
  labelColumn: v.optional(v.string()),
  valueColumns: v.optional(names),
  tagColumn: v.optional(v.picklist(tagColumnNames)),
};
const schema = v.strictObject({
  ...entries,
  otherFiles: v.optional(v.array(v.strictObject({ file: v.number(), ...entries }))),
});

const partsSchema = v.strictObject({
  training: v.optional(schema),
  validation: v.optional(schema),
  test: v.optional(schema),
});

/** How the training corpus is read, and separate files for validation and test. */
export type Readings = { [Part in "training" | "validation" | "test"]?: Reading };

/** What opens the corpora of a checkpoint again: how each is read, or the former rules for a checkpoint that does not record it. */
export type ReadingRecord = { readings: Readings; former?: NonNullable<OpenOptions["former"]> };

/** @throws UserError for a record that does not have the form of `Readings` */
export function readingRecordOf(document: {
  corpus: { reading?: JsonObject | undefined; partReadings?: JsonObject | undefined };
  options: JsonObject;
}): ReadingRecord {
  const { reading, partReadings = {} } = document.corpus;
  if (reading === undefined) {
    const former = formerOptionsOf(document.options);
    return { readings: {}, ...(former && { former }) };
  }
  const stored = { training: reading, ...partReadings };
  const readings = checked(partsSchema, stored, (problems) => `damaged or edited: its corpus.reading: ${problems}`);
  return { readings };
}

/** The options that open a part again. */
export const recordedOptions = (
  { readings, former }: ReadingRecord,
  part: keyof Readings,
): Pick<OpenOptions, "reading" | "former"> => {
  const reading = readings[part];
  return reading ? { reading } : former ? { former } : {};
};

/** The options of a reading: another corpus of the same format is opened with them. */
export function optionsOf(reading: Reading): OpenOptions & Pick<Reading, "format"> {
  const { textColumns, textJoin, labelColumn, header, width: _width, otherFiles: _otherFiles, ...options } = reading;
  const { encoding } = options;
  return {
    ...options,
    encoding: encoding === "mixed" ? "auto" : encoding,
    ...(header !== undefined && { header }),
    columns: {
      ...(textColumns && { textColumns }),
      ...(textJoin && { textJoin }),
      ...(labelColumn !== undefined && { labelColumn }),
    },
  };
}
