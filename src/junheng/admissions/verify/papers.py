"""Is this the result of that round? Hashes, rules, seed, counts, and every child's line."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.lines import Breaches, Unreadable, breach
from junheng.admissions.verify.tables import Inputs, read_rules
from junheng.kernel.canonical import canonical_json
from junheng.kernel.faults import gettext_noop

WAYS = {
    1: ("choice", "zone", "diverted", "unplaced"),
    2: ("choice", "zone", "diverted", "offered", "moved", "unplaced"),
    3: ("choice", "zone", "diverted", "offered", "moved", "unplaced"),
}


def seed_of(inputs: Inputs, receipt: Mapping[str, Any]) -> str:
    """The seed that counts: the round's own, or the receipt's if it came on the command line."""
    return inputs.rules.seed or str(receipt.get("seed", ""))


def hashes(case: Case) -> Breaches:
    """Every input table has the hash that the receipt names, and no other table was used."""
    named = _part(case.outputs.receipt, "inputs")
    found = case.inputs.hashes()
    for table in sorted(named.keys() | found.keys()):
        if named.get(table) != found.get(table):
            yield breach(
                gettext_noop("%(table)s is %(found)s, the receipt names %(named)s"),
                table=table,
                found=found.get(table, "-"),
                named=named.get(table, "-"),
            )


def rules(case: Case) -> Breaches:
    """The receipt repeats the rules of the round; the seed is looked at by `seed`."""
    try:
        named = read_rules(_part(case.outputs.receipt, "rules"))
    except Unreadable as reason:
        yield reason.breach
        return
    for field in fields(named):
        said, meant = getattr(named, field.name), getattr(case.inputs.rules, field.name)
        if field.name != "seed" and said != meant:
            yield breach(
                gettext_noop("%(rule)s is %(meant)s in the round, %(said)s in the receipt"),
                rule=field.name,
                meant=meant,
                said=said,
            )


def seed(case: Case) -> Breaches:
    """The receipt has a seed, and where the round itself names one it is the same."""
    said = case.outputs.receipt.get("seed")
    if said != case.seed or not case.seed:
        yield breach(
            gettext_noop("the round says “%(meant)s”, the receipt says “%(said)s”"),
            meant=case.seed,
            said=said,
        )


def receipt(case: Case) -> Breaches:
    """The receipt is in canonical form, belongs to these placements and counts them."""
    outputs = case.outputs
    if not _is_canonical(outputs.receipt, outputs.receipt_bytes):
        yield breach(gettext_noop("the receipt is not in its canonical form"))
    if outputs.receipt.get("placements_sha256") != _sha256(outputs.placements_bytes):
        yield breach(gettext_noop("the receipt names other placements than these"))
    said = _part(outputs.receipt, "counts")
    counted = _counts(case)
    if outputs.receipt.get("format") != case.inputs.rules.version:
        yield breach(gettext_noop("the receipt is of another version of the format"))
    for name in sorted(said.keys() | counted.keys()):
        if said.get(name) != counted.get(name):
            yield breach(
                gettext_noop("%(count)s: counted %(counted)s, the receipt says %(said)s"),
                count=name,
                counted=counted.get(name, "-"),
                said=said.get(name, "-"),
            )


def everyone(case: Case) -> Breaches:
    """One line for each child of the round, at a school of the round, in order."""
    children, schools = case.inputs.children, case.inputs.schools
    lines = Counter(line.child for line in case.outputs.placements)
    for child in sorted(lines.keys() | children.keys()):
        if child not in children:
            yield breach(gettext_noop("%(child)s is no child of this round"), child=child)
        elif lines[child] != 1:
            yield breach(
                gettext_noop("%(child)s stands in the result %(lines)d times"),
                child=child,
                lines=lines[child],
            )
    for line in case.outputs.placements:
        if line.school and line.school not in schools:
            yield breach(
                gettext_noop("%(child)s was sent to %(school)s, which does not exist"),
                child=line.child,
                school=line.school,
            )
    if list(lines) != sorted(lines):
        yield breach(gettext_noop("the lines are not in the order of applicant_id"))


def _counts(case: Case) -> dict[str, int]:
    ways = Counter(line.how for line in case.outputs.placements)
    return {
        "applicants": len(case.inputs.children),
        "schools": len(case.inputs.schools),
        "seats": sum(case.inputs.seats.values()),
        **{way: ways[way] for way in WAYS[case.inputs.rules.version]},
    }


def _is_canonical(value: Mapping[str, Any], content: bytes) -> bool:
    try:
        return canonical_json(value) == content
    except ValueError:
        return False


def _part(receipt: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = receipt.get(name)
    return part if isinstance(part, Mapping) else {}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
