"""Writes draw.json: the indices that numpy's choice(n, p=p) draws for given uniform numbers. Needs numpy; run as: python draw.py > draw.json

RandomState.choice computes cdf = p.cumsum(); cdf /= cdf[-1]; cdf.searchsorted(uniform, side="right"). Each case is drawn
both ways here, so that the numbers are choice's own.
"""
import json

import numpy as np


def cases():
    random = np.random.RandomState(7)
    yield "even", np.full(4, 0.25)
    yield "tenths", np.full(10, 0.1)
    yield "zeros at both ends", np.array([0.0, 0.0, 0.3, 0.0, 0.7, 0.0])
    yield "one", np.array([1.0])
    yield "float32", random.dirichlet(np.ones(40)).astype(np.float32).astype(np.float64)
    yield "peaked", random.dirichlet(np.full(60, 0.05))


def drawn(p, seed, count):
    uniform = np.random.RandomState(seed).random_sample(count)
    cdf = p.cumsum()
    cdf /= cdf[-1]
    indices = cdf.searchsorted(uniform, side="right")
    assert (np.random.RandomState(seed).choice(len(p), count, p=p) == indices).all()
    edges = np.concatenate([[0.0, np.nextafter(1.0, 0.0)], cdf[cdf < 1], np.nextafter(cdf, 0.0)])  # where rounding matters
    uniform = np.concatenate([uniform, edges])
    return uniform.tolist(), cdf.searchsorted(uniform, side="right").tolist()


fixture = []
for seed, (name, p) in enumerate(cases()):
    uniform, indices = drawn(p, seed, 20)
    fixture.append({"name": name, "probabilities": p.tolist(), "uniform": uniform, "indices": indices})
print(json.dumps({"numpy": np.__version__, "cases": fixture}))
