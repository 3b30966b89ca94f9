/** @file How far a source has been read. Readers report it, and the command line shows it. */

/** Bytes of a source, and all of them. */
export type ReadingProgress = { name: string; read: number; total: number };

let show: ((progress: ReadingProgress) => void) | undefined;

export const reportReading = (progress: ReadingProgress): void => show?.(progress);

/** Calls `listener` after each block of bytes that is read. @returns a function that ends this */
export function showReadingWith(listener: (progress: ReadingProgress) => void): () => void {
  show = listener;
  return () => {
    if (show === listener) show = undefined;
  };
}
