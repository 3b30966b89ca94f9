/** @file Of goals that are missed: what the limit is, and what shows it. By processor, as in results/, then by row; RESULTS.md takes its words from here. */

/** @type {Record<string, Record<string, string>>} */
export const limits = {
  "AMD EPYC with avx2": {},
};
