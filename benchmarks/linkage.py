"""Two registers of a million and of 600,000 people: our matching beside plain Splink.

    python -m benchmarks.linkage [--people 1000000] [SEED …]

The registers are those of `benchmarks.matching`: one good, one poor, with two people under one
number, names written by their sound, moved villages, mistyped and 15-digit numbers, and strangers.
Each side runs in a process of its own on the same rows and ends one to one by the same function;
a link is a pair with a probability of at least one half. "Reading" is making names and numbers
comparable (one and the same code for both sides, as far as Splink wants figures), "linking" is all
that comes after. Seeds 901 to 905 were used while working on it, those here never.
"""

from __future__ import annotations

import argparse
import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shared.splink_peer import scored_pairs
from junheng.evidence.engine.matching import match_people, one_to_one
from junheng.evidence.engine.names import clean_name
from junheng.evidence.engine.numbers import comparable
from junheng.evidence.engine.people import Ints, Person, Words, prepare
from junheng.evidence.engine.written import read_names
from junheng.evidence.tests.engine.registers import two_registers

SEEDS = (7301, 7302, 7303)
PEOPLE, LINK_FROM, MEGABYTE = 1_000_000, 0.5, 1024
HEAD = (
    *("seed", "method", "precision", "recall", "wrong", "wrong of p ≥ 0.999 (ours: certain)"),
    *("reading s", "linking s", "peak MB"),
)
Rows = list[Person]
Read = tuple[Any, Any]
"""Both registers, as a side wants them."""
Reading = Callable[[Rows, Rows], Read]


@dataclass(frozen=True)
class Linked:
    """What a side found: the pairs it links, and those of them that would pass by themselves."""

    left: Ints
    right: Ints
    sure: Ints


def read_ours(left: Rows, right: Rows) -> Read:
    words = Words()
    return prepare(left, words), prepare(right, words)


def link_ours(read: Read) -> Linked:
    found = match_people(*read)
    kept = np.flatnonzero(found.certain | (found.probability >= LINK_FROM))
    return Linked(found.left[kept], found.right[kept], np.flatnonzero(found.certain[kept]))


def read_splink(left: Rows, right: Rows) -> Read:
    import pandas as pd

    def frame(people: Rows) -> pd.DataFrame:
        sound = read_names([person.name for person in people]).sound
        return pd.DataFrame(
            {
                "unique_id": range(len(people)),
                "number": [as_compared(person.resident_id) or None for person in people],
                "name": [clean_name(person.name) for person in people],
                "sound": pd.Series(sound).astype("Int64").mask(sound < 0),
                "born": [str(p.born_on) if p.born_on else None for p in people],
                "place": [person.place or None for person in people],
            }
        )

    return frame(left), frame(right)


def as_compared(number: str) -> str:
    """`comparable`, without its cost where nothing has to be done."""
    plain = len(number) == 18 and number.isascii() and number[:17].isdigit()
    return number if plain and not number.islower() else comparable(number)


def link_splink(read: Read) -> Linked:
    rows = scored_pairs(*read, least=LINK_FROM)
    left, right = rows.unique_id_l.to_numpy(np.int64), rows.unique_id_r.to_numpy(np.int64)
    kept = one_to_one(left, right)
    sure = np.flatnonzero(rows.match_probability.to_numpy()[kept] >= 0.999)
    return Linked(left[kept], right[kept], sure)


SIDES: dict[str, tuple[str, Reading, Callable[[Read], Linked]]] = {
    "junheng": ("ours", read_ours, link_ours),
    "splink": ("plain Splink 5, one to one", read_splink, link_splink),
}


def one_side(side: str, folder: Path) -> None:
    """In a process of its own: read, link, leave the pairs, print seconds and peak memory."""
    _, read, link = SIDES[side]
    left, right = pickle.loads((folder / "rows").read_bytes())
    began = time.perf_counter()
    prepared = read(left, right)
    between = time.perf_counter()
    linked = link(prepared)
    ended = time.perf_counter()
    np.savez(folder / f"{side}.npz", left=linked.left, right=linked.right, sure=linked.sure)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    print(json.dumps([between - began, ended - between, peak]))


def measured(side: str, folder: Path, truth: Ints) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.linkage", "--side", side, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    reading, linking, peak = json.loads(done.stdout.splitlines()[-1])
    found = np.load(folder / f"{side}.npz")
    good = truth[found["right"]] == found["left"]
    sure = good[found["sure"]]
    return {
        "precision": float(good.mean()), "recall": float(good.sum() / (truth >= 0).sum()),
        "wrong": int((~good).sum()), "sure": len(sure), "wrong_sure": int((~sure).sum()),
        "reading": reading, "linking": linking, "peak": peak,
    }  # fmt: skip


def compared(seed: int, people: int) -> bool:
    """Print one seed; whether both bars were met."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        registers = two_registers(seed, people, people * 6 // 10)
        (folder / "rows").write_bytes(pickle.dumps((registers.left, registers.right)))
        truth = np.array(registers.truth)
        del registers
        found = {side: measured(side, folder, truth) for side in SIDES}
    for side, (title, _, _) in SIDES.items():
        f = found[side]
        print(
            f"| {seed} | {title} | {f['precision']:.5f} | {f['recall']:.5f} | {f['wrong']:,}"
            f" | {f['wrong_sure']:,} of {f['sure']:,} | {f['reading']:.1f} | {f['linking']:.1f}"
            f" | {f['peak']:,.0f} |",
            flush=True,
        )
    ours, theirs = found["junheng"], found["splink"]
    right = all(ours[key] >= theirs[key] for key in ("precision", "recall"))
    total = [side["reading"] + side["linking"] for side in (ours, theirs)]
    return right and total[0] <= total[1] / 2 and ours["linking"] <= theirs["linking"] / 2


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", nargs="*", type=int, default=SEEDS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    asked = parser.parse_args()
    print(f"{asked.people:,} × {asked.people * 6 // 10:,} people\n")
    print(
        "| seed | method | precision | recall | wrong | wrong of p ≥ 0.999 (ours: certain)", end=""
    )
    print(" | reading s | linking s | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    missed = [seed for seed in asked.seeds if not compared(seed, asked.people)]
    if missed:
        sys.exit(f"a bar was missed with seed {missed}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        one_side(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
