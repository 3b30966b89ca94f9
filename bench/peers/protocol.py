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


TRIALS, TRIAL_SECONDS = 3, 0.3


def fastest(implementations):
    """Of several implementations of the same work, by name, the name of the fastest: the best of several short trials that take turns. One that fails is left out."""
    best = {}
    for name, step in implementations.items():
        try:
            step()
            best[name] = 0.0
        except Exception as error:
            print(f"{name} failed: {error}", file=sys.stderr)
    if not best:
        raise RuntimeError("error: every implementation failed")
    for _ in range(TRIALS if len(best) > 1 else 0):
        for name in best:
            best[name] = max(best[name], repeat(implementations[name], TRIAL_SECONDS))
    return max(best, key=best.get)


def serve(version, step):
    """Warms up, then serves the requests on the standard input. step() does a part of the work and returns its number of units."""
    repeat(step)
    print("ready", version, flush=True)
    for line in sys.stdin:
        if line == "go\n":
            print(repeat(step), flush=True)
