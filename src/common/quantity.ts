/** @file Numbers with their nouns. */

/**
 * A number and its noun, as in "1 document" and "2,000 documents".
 * @param plural with its regular end, "s"
 */
export const quantity = (count: number, plural: string): string =>
  `${count.toLocaleString("en")} ${agreeing(count, plural.replace(/s$/, ""), plural)}`;

/** The word that agrees with a number. */
export const agreeing = (count: number, singular: string, plural: string): string => (count === 1 ? singular : plural);
