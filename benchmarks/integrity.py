"""Every check of the register on 1,000,000 invented pupils: seconds, recall, false alarms.

    python -m benchmarks.integrity [PUPILS] [SEED …]

What is planted, and what is there to mislead, stands in `registry/tests/engine/planted.py`. Making
the district is not counted; setting out the tables is.
"""

from __future__ import annotations

import sys
import time

from junheng.registry.engine.integrity.check import find
from junheng.registry.engine.integrity.running import CHECKS
from junheng.registry.engine.integrity.tables import set_out
from junheng.registry.tests.engine.planted import plant

BAR_SECONDS, BAR_FUZZY, PUPILS, SEEDS = 60.0, 0.98, 1_000_000, (11,)


def measure(seed: int, pupils: int) -> bool:
    """Print one table; whether all bars were met."""
    planted = plant(seed, pupils)
    print(f"\nseed {seed}: {planted.records:,} records")
    print(
        f"{'check':28} {'s':>6} {'planted':>8} {'found':>8} {'recall':>7} {'false':>6} per 100,000"
    )
    began = time.perf_counter()
    set_out(planted.engine, planted.snapshot)
    print(f"{'setting out':28} {time.perf_counter() - began:6.2f}")
    good = True
    for check in CHECKS:
        start = time.perf_counter()
        findings = find(check, planted.engine)
        took = time.perf_counter() - start
        truth = planted.truth[check.key]
        found = {(f.pupil, f.other) for f in findings}
        recall = len(found & truth) / len(truth)
        false = len(found - truth)
        good &= recall >= (1.0 if check.exact else BAR_FUZZY)
        print(
            f"{check.key:28} {took:6.2f} {len(truth):8,} {len(found):8,} {recall:7.4f} {false:6,}"
            f" {false / planted.records * 1e5:11.2f}"
        )
    total = time.perf_counter() - began
    print(f"{'all checks':28} {total:6.2f}  (bar {BAR_SECONDS:.0f} s)")
    return good and total <= BAR_SECONDS


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else PUPILS
    seeds = [int(seed) for seed in sys.argv[2:]] or SEEDS
    met = [measure(seed, size) for seed in seeds]
    sys.exit(0 if all(met) else 1)
