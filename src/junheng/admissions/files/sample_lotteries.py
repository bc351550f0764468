"""Schools open by lottery for a made-up round: added to one that is there, with wishes for them."""

from __future__ import annotations

import csv
import io
from collections import defaultdict

import numpy as np

from junheng.admissions.files.canonical import write_csv
from junheng.admissions.files.layout import CHOICES

_SIZE = 45
_SHARE = 0.06
"""Share of all families who name each of these schools, first of all."""
_OVER = 2
"""So many of them there are for each seat, as nearly as whole classes allow."""


def with_lotteries(
    files: dict[str, bytes], number: int, rng: np.random.Generator
) -> dict[str, bytes]:
    """The same round in version 3, with schools open by lottery besides.

    Args:
        files: A round's files.
        number: How many such schools, at least 1.
        rng: Whence chance comes.
    """
    codes = [f"L{n + 1:04d}" for n in range(number)]
    children = list(_rows(files["applicants.csv"]))
    families = sorted({row["group_id"] or row["applicant_id"] for row in children})
    wanted = max(1, round(_SHARE * len(families)))
    first = {
        family: code
        for code in codes
        for family in rng.choice(np.array(families), wanted, replace=False).tolist()
    }
    named = {
        row["applicant_id"]: first.get(row["group_id"] or row["applicant_id"]) for row in children
    }
    classes = max(1, wanted // (_OVER * _SIZE))
    schools = "".join(
        f"{code},School by lottery {n},,,,{classes},{min(_SIZE, wanted)},0,0\n"
        for n, code in enumerate(codes, start=1)
    )
    return {
        **files,
        "round.toml": _toml(files["round.toml"].decode(), codes).encode(),
        "schools.csv": files["schools.csv"] + schools.encode(),
        "choices.csv": _choices(files["choices.csv"], named),
    }


def _toml(toml: str, codes: list[str]) -> str:
    named = ", ".join(f'"{code}"' for code in codes)
    dated = toml.replace("version = 2\n", "").replace("[round]\n", "[round]\nversion = 3\n")
    return dated.replace("[lottery]\n", f"[lottery]\nby_lottery = [{named}]\n")


def _choices(data: bytes, named: dict[str, str | None]) -> bytes:
    chosen: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(data):
        chosen[row["applicant_id"]].append(row["school_id"])
    lists = {child: [*([code] if code else []), *chosen[child]] for child, code in named.items()}
    rows = (
        (child, rank, school)
        for child in sorted(lists)
        for rank, school in enumerate(lists[child], start=1)
    )
    return write_csv(tuple(CHOICES.columns), rows)


def _rows(data: bytes) -> csv.DictReader[str]:
    return csv.DictReader(io.StringIO(data.decode()))
