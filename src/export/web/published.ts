/** @file A checkpoint's document as others may have it: what a model is made of, and nothing of the machine that it was trained on. */
import { basename } from "node:path";
import type { StoredDocument } from "../../checkpoint/checkpoint.js";

/** Without history and training state, and with the names of files alone, not their folders. */
export const published = (document: StoredDocument): StoredDocument => ({
  ...document,
  options: { ...document.options, labels: undefined },
  corpus: { ...document.corpus, name: nameOf(document.corpus.name), options: {} },
  ...(document.imported && { imported: { ...document.imported, file: basename(document.imported.file) } }),
  metrics: {},
  history: [],
  progress: { step: document.progress["step"] },
  files: { weights: document.files.weights },
});

const nameOf = (path: string | null): string | null => path && basename(path);
