/** @file A checkpoint's document as others may have it: what a model is made of, and nothing of the machine that it was trained on. */
import { basename } from "node:path";
import type { StoredDocument } from "../../checkpoint/checkpoint.js";

/** Options that may name a file; none of them matters to what a model answers. */
const files = new Set(["labels-file", "labels", "validation", "validation-labels", "test", "test-labels"]);

/** Without history and training state, and with the names of files alone, not their folders. */
export const published = (document: StoredDocument): StoredDocument => ({
  ...document,
  options: Object.fromEntries(Object.entries(document.options).filter(([name]) => !files.has(name))),
  corpus: { ...document.corpus, name: nameOf(document.corpus.name), options: {} },
  ...(document.imported && { imported: { ...document.imported, file: basename(document.imported.file) } }),
  metrics: {},
  history: [],
  progress: { step: document.progress["step"] },
  files: { weights: document.files.weights },
});

const nameOf = (path: string | null): string | null => path && basename(path);
