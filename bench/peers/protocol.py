"""The benchmark's protocol in a contender: it prints "ready" and its version, then its units per second after each line "go" on its input."""

import json
import os
import sys
import time

row = json.loads(sys.argv[-1])
work, shape, threads, repetition_seconds = row["work"], row["shape"], row["threads"], row["seconds"]
os.environ["OMP_NUM_THREADS"] = str(threads)


def repeat(step, min_seconds=repetition_seconds):
    start = time.perf_counter()
    units, seconds = 0, 0.0
    while seconds < min_seconds:
        units += step()
        seconds = time.perf_counter() - start
    return units / seconds


def fastest(*steps):
    """The fastest of several implementations of the same work."""
    for step in steps:
        step()
    return max(steps, key=lambda step: repeat(step, 0.5) if len(steps) > 1 else 0)


def serve(version, step):
    """Warms up, then serves the requests on the standard input. step() does a part of the work and returns its number of units."""
    repeat(step)
    print("ready", version, flush=True)
    for line in sys.stdin:
        if line == "go\n":
            print(repeat(step), flush=True)
