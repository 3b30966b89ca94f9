/** @file The options for opening a corpus, among those of a command. */
import { UsageError } from "../common/errors.js";
import type { JsonObject } from "../common/json.js";
import type { FormatName } from "../common/names.js";
import type { CorpusOptions, LabelOptions, RowOptions, SplitColumnOptions } from "../options/corpusOptions.js";
import { kebabCase } from "../options/option.js";
import { fileSource } from "./sources/byteSource.js";
import type { Reading } from "./document.js";
import type { FormerOptions } from "./record/formerRules.js";
import type { ReadOptions } from "./formats/index.js";
import type { Like } from "./record/likeFormat.js";
import { type StandardInput, unpacked } from "./sources/namedSource.js";

export type OpenOptions = ReadOptions & {
  /** Default: the format of the file name, or of its first bytes; plain text for standard input. */
  format?: FormatName;
  /** The source that "-" reads. */
  standardInput?: StandardInput;
  /** Whether a bad row is an error; by default it is skipped. */
  strict?: boolean;
  /** Other names of labels, by label. */
  labelMap?: ReadonlyMap<string, string>;
  /** How the same corpus was read: it is read in the same way, and nothing is detected. */
  reading?: Reading;
  /** For the corpus of a checkpoint that does not record how it is read: it is read by the former rules. */
  former?: FormerOptions;
  /** For a file that a model reads: it is read like the corpus that the model was trained on. */
  like?: Like;
  /** The options of which each must have an effect. Default: all; others are ignored if they have none. */
  given?: ReadOptions;
};

const readOptions = [
  "documents",
  "encoding",
  "textColumn",
  "labelColumn",
  "multilabel",
  "labelSeparator",
  "groupColumn",
  "timeColumn",
  "header",
  "delimiter",
  "quote",
  "valueColumns",
  "window",
  "horizon",
  "labels",
  "tagColumn",
] as const satisfies (keyof ReadOptions)[];

/** The options of a command, among them those for reading. */
export type ReadingOptions = CorpusOptions &
  Partial<RowOptions & LabelOptions & SplitColumnOptions & Pick<ReadOptions, "groupIfAny">>;

/** The reading options among a command's options; an option that was not given is absent. */
export const readOptionsOf = (options: Partial<ReadingOptions>): OpenOptions => ({
  ...(options.encoding && options.encoding !== "auto" && { encoding: options.encoding }),
  ...(options.noHeader && { header: false }),
  ...(options.inputFormat && { format: options.inputFormat }),
  ...(options.documents && { documents: options.documents }),
  ...(options.textColumn && { textColumn: options.textColumn }),
  ...(options.labelColumn && { labelColumn: options.labelColumn }),
  ...(options.multilabel && { multilabel: true }),
  ...(options.labelSeparator !== undefined && { labelSeparator: options.labelSeparator }),
  ...(options.groupColumn && { groupColumn: options.groupColumn }),
  ...(options.groupIfAny && { groupIfAny: true }),
  ...(options.timeColumn && { timeColumn: options.timeColumn }),
  ...(options.tagColumn && { tagColumn: options.tagColumn }),
  ...(options.valueColumns && { valueColumns: options.valueColumns }),
  ...(options.window && { window: options.window }),
  ...(options.horizon && { horizon: options.horizon }),
  ...(options.delimiter && { delimiter: options.delimiter.replace(/^(\\t|tab)$/, "\t") }),
  ...(options.quote && { quote: options.quote === "none" ? "" : options.quote }),
  ...(options.labelMap && { labelMap: new Map(options.labelMap.map((pair) => pair.split("=") as [string, string])) }),
  ...(options.strict && { strict: true }),
  ...(options.labelsFile && { labels: unpacked(options.labelsFile, fileSource(options.labelsFile)) }),
});

/** The options that change the documents of a corpus and are not in its `Reading`. */
export const unrecordedOptions = ({
  groupColumn,
  timeColumn,
  window,
  horizon,
  keepsEmpty,
  textsOnly,
  strict,
  labelMap,
  multilabel,
  labelSeparator,
  former,
}: OpenOptions): JsonObject => ({
  groupColumn,
  timeColumn,
  window,
  horizon,
  keepsEmpty,
  textsOnly,
  strict,
  labelMap: labelMap && [...labelMap],
  multilabel,
  labelSeparator,
  former,
});

/** The options of which each must have an effect. */
export function givenOf(options: OpenOptions): ReadOptions {
  if (options.given) return options.given;
  if (!options.groupIfAny) return options;
  const { groupColumn: _groupColumn, ...given } = options;
  return given;
}

/** @throws UsageError for an option that has no effect on the format */
export function refuseUnused(options: ReadOptions, used: readonly (keyof ReadOptions)[], because: string): void {
  const unused = readOptions.find((option) => options[option] !== undefined && !used.includes(option));
  if (unused) throw new UsageError(`--${kebabCase(unused)} has no effect here, because ${because}; remove it`);
}
