"""A contender's end of the benchmark's protocol: "ready" and its version, then for each line "go" its units a second."""

import json
import os
import sys
import time

row = json.loads(sys.argv[-1])
work, shape, threads, seconds_of_repetition = row["work"], row["shape"], row["threads"], row["seconds"]
os.environ["OMP_NUM_THREADS"] = str(threads)


def repeat(step, at_least=seconds_of_repetition):
    start = time.perf_counter()
    units, seconds = 0, 0.0
    while seconds < at_least:
        units += step()
        seconds = time.perf_counter() - start
    return units / seconds


def fastest(*steps):
    """Of several ways to do the same work the one that is fastest here."""
    for step in steps:
        step()
    return max(steps, key=lambda step: repeat(step, 0.5) if len(steps) > 1 else 0)


def serve(version, step):
    """step() does some of the work and returns how many units it was."""
    repeat(step)
    print("ready", version, flush=True)
    for line in sys.stdin:
        if line == "go\n":
            print(repeat(step), flush=True)
