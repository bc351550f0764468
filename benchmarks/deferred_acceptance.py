"""Deferred acceptance alone, at four sizes, beside the libraries algmatch and matching.

    python benchmarks/deferred_acceptance.py [SECONDS]

Ten choices a child, skewed popularity, four tiers, a tenth with a sibling. Ours is the time
from lists and keys to everybody's school, once compiled, best of five; the peers' build
(making their objects) and solve stand apart, and each runs in a process of its own that is
stopped after SECONDS (60). Where a peer finishes, its result is compared child by child.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np

from junheng.admissions.engine.acceptance import accept
from junheng.admissions.engine.types import NONE, Ints, Lists
from junheng.admissions.tests.engine.crowds import crowd
from junheng.admissions.tests.engine.peers import PEERS

SIZES = {1_000: 20, 10_000: 60, 100_000: 300, 1_000_000: 1_000}
BAR_SECONDS, BAR_RATIO = 1.0, 1_000
CHOICES, SEED = 10, 2026


def ours(lists: Lists, keys: Ints, seats: Ints, ticket_order: Ints) -> tuple[float, float, Ints]:
    """Best seconds by the clock and of the processor, and every child's school."""
    size = np.ones(len(lists.own), dtype=np.int64)
    clock, processor = [], []
    for _ in range(5):
        begun, used = time.perf_counter(), time.process_time()
        place = accept(lists, keys, size=size, seats=seats, ticket_order=ticket_order)
        clock.append(time.perf_counter() - begun)
        processor.append(time.process_time() - used)
    at = lists.school[lists.start[:-1] + np.maximum(place, 0)]
    return min(clock), min(processor), np.where(place == NONE, NONE, at)


def run_peer(name: str, children: int) -> None:
    """In the peer's own process: time it and print the figures as JSON."""
    lists, keys, seats, ticket_order = crowd(children, SIZES[children], choices=CHOICES, seed=SEED)
    build, solve = PEERS[name]
    begun = time.perf_counter()
    problem = build(lists, keys, seats)
    built = time.perf_counter()
    theirs = solve(problem)
    solved = time.perf_counter()
    _, _, mine = ours(lists, keys, seats, ticket_order)
    same = int((theirs == mine).sum())
    print(json.dumps({"build": built - begun, "solve": solved - built, "same": same}))


def ask_peer(name: str, children: int, seconds: float) -> dict[str, float] | str:
    command = [sys.executable, __file__, name, str(children)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"not done in {seconds:.0f} s"
    if done.returncode:
        return done.stderr.strip().splitlines()[-1][:40]
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main(seconds: float) -> None:
    print("| children x schools | ours, s | peer | build, s | solve, s | solve / ours | same |")
    print("|---|---|---|---|---|---|---|")
    gone: set[str] = set()
    ratios: list[float] = []
    mine = processor = 0.0
    for children, schools in SIZES.items():
        mine, processor, _ = ours(*crowd(children, schools, choices=CHOICES, seed=SEED))
        row = f"| {children:,} x {schools:,} | {mine:.4f}"
        for name in PEERS:
            answer = "not tried" if name in gone else ask_peer(name, children, seconds)
            if isinstance(answer, str):
                gone.add(name)
                print(f"{row} | {name} | {answer} | | | |")
                continue
            ratio = answer["solve"] / mine
            if children == 10_000:
                ratios.append(ratio)
            built, solved = f"{answer['build']:.2f}", f"{answer['solve']:.2f}"
            same = f"{answer['same']:,} of {children:,}"
            print(f"{row} | {name} | {built} | {solved} | {ratio:,.0f} | {same} |")
    print(
        f"\n1,000,000 children: {mine:.2f} s, {processor:.2f} s of one processor "
        f"(bar {BAR_SECONDS} s, after compilation)"
    )
    if ratios:
        print(f"the quicker peer at 10,000: {min(ratios):,.0f} times (aim {BAR_RATIO:,})")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        run_peer(sys.argv[1], int(sys.argv[2]))
    else:
        main(float(sys.argv[1]) if len(sys.argv) == 2 else 60.0)
