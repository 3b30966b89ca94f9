"""A contender's end of the benchmark's protocol: "ready" and its version, then for each line "go" its units a second."""

import json
import os
import sys
import time

REPETITION = 1.0  # seconds, of the warm-up too

row = json.loads(sys.argv[-1])
work, shape, threads = row["work"], row["shape"], row["threads"]
os.environ["OMP_NUM_THREADS"] = str(threads)


def repeat(step):
    start = time.perf_counter()
    units, seconds = 0, 0.0
    while seconds < REPETITION:
        units += step()
        seconds = time.perf_counter() - start
    return units / seconds


def serve(version, step):
    """step() does some of the work and returns how many units it was."""
    repeat(step)
    print("ready", version, flush=True)
    for line in sys.stdin:
        if line == "go\n":
            print(repeat(step), flush=True)
