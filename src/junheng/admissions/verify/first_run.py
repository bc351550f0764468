"""The second run follows the first: its receipt, made again without the answers, has the hash.

Whoever changed a table, a rule or the seed after the offers were published, and so perhaps a
seat given by list, is found out by it.
"""

from __future__ import annotations

import csv
import hashlib
import io

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.lines import Breaches, breach
from junheng.admissions.verify.outputs import PLACEMENTS, Placement
from junheng.kernel.canonical import canonical_json
from junheng.kernel.faults import gettext_noop


def first_run(case: Case) -> Breaches:
    """Answers come with the hash of the first run's receipt, and there are none without."""
    named = case.inputs.rules.first_run
    meant = "" if case.inputs.answers is None else _first_receipt_sha256(case)
    if named != meant:
        yield breach(
            gettext_noop("the first run is %(meant)s, the round names %(named)s"),
            meant=meant or "-",
            named=named or "-",
        )
    if case.outputs.receipt.get("offers_sha256") != case.outputs.hashes.get("offers.csv"):
        yield breach(gettext_noop("the receipt names other offers than these"))


def _first_receipt_sha256(case: Case) -> str:
    """The receipt of this run as it was before anybody answered."""
    receipt = dict(case.outputs.receipt)
    lines = [_before(case, line) for line in case.outputs.placements]
    receipt["inputs"] = {n: h for n, h in case.inputs.hashes().items() if n != "offer_choices"}
    receipt["counts"] = _counts(receipt.get("counts"), lines)
    receipt["placements_sha256"] = hashlib.sha256(_written(lines)).hexdigest()
    rules = receipt.get("rules")
    diversion = rules.get("diversion") if isinstance(rules, dict) else None
    if isinstance(rules, dict) and isinstance(diversion, dict):
        without = {key: value for key, value in diversion.items() if key != "first_run"}
        receipt["rules"] = {**rules, "diversion": without}
    return hashlib.sha256(canonical_json(receipt)).hexdigest()


def _before(case: Case, line: Placement) -> tuple[str, ...]:
    """A line of `placements.csv` before the offers were answered."""
    kept = bool(case.by_list.get(line.child))
    school, how = (line.school, line.how) if kept else ("", "unplaced")
    numbers = (line.list_rank, line.tier, line.distance_m if kept else None)
    rank, tier, metres = ("" if number is None else str(number) for number in numbers)
    return line.child, school, how, rank, tier, line.ticket, metres


def _counts(said: object, lines: list[tuple[str, ...]]) -> dict[str, object]:
    counts = dict(said) if isinstance(said, dict) else {}
    counts |= {"offered": 0, "diverted": 0, "moved": 0}
    counts["unplaced"] = sum(how == "unplaced" for _child, _school, how, *_rest in lines)
    return counts


def _written(lines: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([PLACEMENTS, *lines])
    return out.getvalue().encode()
