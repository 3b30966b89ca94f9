/** @file What an exporter is: a model in, files out. */
import type { Model } from "../model/model.js";

/** A text with what belongs to it, as a corpus has them. */
export type LabelledText = { text: string; label?: string };

/** By their names in the new folder; a name may have folders in it. */
export type Files = Record<string, string | Uint8Array>;

export type Exporter = {
  describe: string;
  /**
   * @param sentences texts to export instead of tokens
   * @throws UserError where the format cannot hold the network, naming the part that it cannot
   */
  files: (model: Model, sentences: readonly LabelledText[] | null) => Files | Promise<Files>;
};
