"""Scales rows of numbers for the model: each column by its mean and standard deviation."""


def codec(vocabulary):
    """Returns the function encode, and None, because rows are not decoded. Scaled values are clipped to -most ... most."""
    columns, most = vocabulary["numbers"]["columns"], vocabulary["numbers"]["most"]

    def scaled(row):
        if len(row) != len(columns):
            raise ValueError(f"expected a row of {len(columns)} numbers, got {len(row)}")
        return [max(-most, min(most, (value - c["mean"]) / c["deviation"])) for value, c in zip(row, columns)]

    return lambda rows: [scaled(row) for row in rows], None
