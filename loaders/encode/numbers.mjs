/** @file Rows of numbers as the model reads them: each column by its mean and deviation. */

/** @param numbers vocabulary.json's: of each column its mean and deviation; what is farther than `most` deviations away counts as so far */
export const codec = ({ numbers: { columns, most } }) => ({
  encode: (rows) =>
    rows.map((row) => {
      if (row.length !== columns.length)
        throw new Error(`a row of ${row.length} numbers, where ${columns.length} are read`);
      return columns.map(({ mean, deviation }, at) => Math.max(-most, Math.min(most, (row[at] - mean) / deviation)));
    }),
});
