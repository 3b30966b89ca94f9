"""Rows of numbers as the model reads them: each column by its mean and deviation."""


def codec(vocabulary):
    """A function, of what vocabulary.json says; what is farther than `most` deviations away counts as so far."""
    columns, most = vocabulary["numbers"]["columns"], vocabulary["numbers"]["most"]

    def scaled(row):
        if len(row) != len(columns):
            raise ValueError(f"a row of {len(row)} numbers, where {len(columns)} are read")
        return [max(-most, min(most, (value - c["mean"]) / c["deviation"])) for value, c in zip(row, columns)]

    return lambda rows: [scaled(row) for row in rows], None
