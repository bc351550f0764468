"""Exact diversion of 50,000 children over 300 schools: all 15,000,000 pairs, with its proof.

    python benchmarks/diversion.py [CHILDREN SCHOOLS]

Timed from homes and sites to plan and prices: distances, plan, prices; then, apart, the check
of every pair against the prices. Towns are crowded and villages are not, so chains are long.
The peer, OR-Tools' minimum-cost flow on all arcs, gets a smaller round and the same totals
must come out; ours is timed on that too.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from junheng.admissions.engine.distance import distances_m
from junheng.admissions.engine.diversion import plan_singles
from junheng.admissions.engine.types import NONE, UNPLACED_M, Ints, Round
from junheng.admissions.tests.engine.towns import town_round

BAR_SECONDS, BAR_GB = 30.0, 3.0


def gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def timed(the_round: Round) -> tuple[float, Ints, Ints]:
    singles = np.arange(len(the_round.applicants.ids))
    begun = time.perf_counter()
    school, price = plan_singles(the_round, singles, the_round.schools.seats)
    return time.perf_counter() - begun, school, price


def total_m(the_round: Round, school: Ints) -> int:
    seated = np.flatnonzero(school != NONE)
    schools = np.arange(len(the_round.schools.ids))
    return sum(
        int(np.take_along_axis(distances_m(the_round, rows, schools), school[rows, None], 1).sum())
        for rows in np.array_split(seated, 1 + len(seated) // 2_000)
    )


def proven(the_round: Round, school: Ints, price: Ints) -> bool:
    """Every pair against the prices; prices are zero where a seat stays free."""
    seats, schools = the_round.schools.seats, np.arange(len(price))
    used = np.bincount(school[school != NONE], minlength=len(price))
    if (used > seats).any() or (price[used < seats] != 0).any():
        return False
    for rows in np.array_split(np.arange(len(school)), 1 + len(school) // 2_000):
        cost = distances_m(the_round, rows, schools) + price
        own = np.take_along_axis(cost, np.maximum(school[rows], 0)[:, None], 1)[:, 0]
        worth = np.where(school[rows] == NONE, UNPLACED_M, own)
        if (cost.min(axis=1) < worth).any():
            return False
    return True


def peer(the_round: Round) -> tuple[float, int, int]:
    """Seconds, children seated and metres of OR-Tools on all arcs."""
    from ortools.graph.python import min_cost_flow

    children, schools = len(the_round.applicants.ids), len(the_round.schools.ids)
    begun = time.perf_counter()
    metres = distances_m(the_round, np.arange(children), np.arange(schools))
    flow = min_cost_flow.SimpleMinCostFlow()
    child = np.repeat(np.arange(children), schools)
    at = np.tile(np.arange(schools), children) + children
    sink, nowhere = children + schools, children + schools + 1
    ones = np.ones(len(child), dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(child, at, ones, metres.ravel())
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(children), np.full(children, nowhere), np.ones(children, dtype=np.int64),
        np.full(children, UNPLACED_M),
    )  # fmt: skip
    flow.add_arcs_with_capacity_and_unit_cost(
        np.append(np.arange(schools) + children, nowhere),
        np.full(schools + 1, sink),
        np.append(the_round.schools.seats, children),
        np.zeros(schools + 1, dtype=np.int64),
    )
    flow.set_nodes_supplies(np.arange(children), np.ones(children, dtype=np.int64))
    flow.set_node_supply(sink, -children)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("the peer found no optimum")
    used = flow.flows(arcs)
    return time.perf_counter() - begun, int(used.sum()), int((used * metres.ravel()).sum())


def main(children: int, schools: int) -> None:
    timed(town_round(50, 5, share=1.0, seed=1))  # compiles or loads the kernels
    print("| round | seats | ours, s | seated | metres | proof | peer, s | same totals |")
    print("|---|---|---|---|---|---|---|---|")
    for small in (True, False):
        for share in (1.04, 0.96):
            size = (max(1, children // 10), max(1, schools // 3)) if small else (children, schools)
            the_round = town_round(*size, share=share, seed=2026)
            seconds, school, price = timed(the_round)
            placed, metres = int((school != NONE).sum()), total_m(the_round, school)
            proof = "holds" if proven(the_round, school, price) else "FAILS"
            row = f"| {size[0]:,} x {size[1]:,} | {share:.2f} | {seconds:.2f} "
            row += f"| {placed:,} | {metres:,} | {proof}"
            memory = gigabytes()
            if small:
                theirs, seated, total = peer(the_round)
                print(f"{row} | {theirs:.2f} | {(seated, total) == (placed, metres)} |")
            else:
                print(f"{row} | - | - |")
    print(f"\npeak memory {memory:.2f} GB (bar {BAR_GB} GB); time bar {BAR_SECONDS} s")


if __name__ == "__main__":
    main(*(map(int, sys.argv[1:3]) if len(sys.argv) == 3 else (50_000, 300)))
