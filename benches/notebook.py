"""The plain gate of scenarios/bench/plain-gate.yaml as a notebook would simulate it.

Needs numpy. Prints one line of JSON: the fastest of some passes, in seconds per replication, and
how many replications were rolled back.
"""

import json
import sys
import time

try:
    import numpy
except ImportError:
    print(json.dumps({"missing": "numpy"}))
    sys.exit(0)

REPLICATIONS = 100_000
PASSES = 5
REQUESTS = numpy.repeat([60 * 100 * share // 100 for share in (5, 20, 50, 80)], 10)
ERRORS = 0.001
OVER = 0.005
FAILURES = 4


def rolled_back(random):
    """Which replications roll back: the fourth failed reading of forty."""
    errors = random.binomial(REQUESTS, ERRORS, size=(REPLICATIONS, len(REQUESTS)))
    return (errors > OVER * REQUESTS).sum(axis=1) >= FAILURES


def main():
    random = numpy.random.default_rng(0)
    seconds, hits = [], 0
    for _ in range(PASSES):
        began = time.perf_counter()
        hits += int(rolled_back(random).sum())
        seconds.append(time.perf_counter() - began)
    print(json.dumps({
        "numpy": numpy.__version__,
        "seconds": min(seconds) / REPLICATIONS,
        "replications": PASSES * REPLICATIONS,
        "rolledBack": hits,
    }))


main()
