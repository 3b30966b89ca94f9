"""Writes choice.json: what np.random.RandomState(seed).choice(n, p=p) draws, one index at a time. Needs numpy; run as: python choice.py > choice.json

With `--cases` on standard input, a list of {"seed", "probabilities", "count"}, it prints their indices instead.
"""
import json
import sys

import numpy as np


def drawn(seed, probabilities, count):
    random = np.random.RandomState(seed)
    return [int(random.choice(len(probabilities), p=probabilities)) for _ in range(count)]


def cases():
    random = np.random.RandomState(3)
    for seed, size, spread in [(0, 4, 1.0), (1, 30, 0.2), (141, 12, 2.0), (2**31, 50, 1.0), (2**32 - 1, 5, 1.0)]:
        p = np.round(random.dirichlet(np.full(size, spread)), 6)
        p[-1] += 1 - p.sum()
        yield {"seed": seed, "probabilities": p.tolist(), "count": 25}


if "--cases" in sys.argv:
    print(json.dumps([drawn(**case) for case in json.load(sys.stdin)]))
else:
    uniforms = {seed: np.random.RandomState(seed).random_sample(700)[[0, 1, 2, 311, 312, 699]].tolist() for seed in [0, 7, 141, 2**32 - 1]}
    fixture = [{**case, "indices": drawn(**case)} for case in cases()]
    print(json.dumps({"numpy": np.__version__, "uniforms": uniforms, "cases": fixture}))
