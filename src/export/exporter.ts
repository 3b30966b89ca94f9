/** @file What an exporter is: a model in, files out. */
import type { TextModel } from "../model.js";

/** A text with what belongs to it, as a corpus has them. */
export type LabelledText = { text: string; label?: string };

export type Exporter = {
  describe: string;
  /** @param sentences texts to export instead of tokens @returns files by name */
  files: (model: TextModel, sentences: readonly LabelledText[] | null) => Record<string, string>;
};
