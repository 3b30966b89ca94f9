/** @file Scales rows of numbers for the model: each column by its mean and standard deviation. */

/** @param numbers from vocabulary.json: mean and standard deviation of each column; scaled values are clipped to -most … most */
export const codec = ({ numbers: { columns, most } }) => ({
  encode: (rows) =>
    rows.map((row) => {
      if (row.length !== columns.length)
        throw new Error(`expected a row of ${columns.length} numbers, got ${row.length}`);
      return columns.map(({ mean, deviation }, index) =>
        Math.max(-most, Math.min(most, (row[index] - mean) / deviation)),
      );
    }),
});
