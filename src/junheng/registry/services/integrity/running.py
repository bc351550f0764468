"""A check is carried out: from the frozen tables to findings, cases and a receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from junheng.commons.models import Run
from junheng.commons.runs import attach, finish, start, thaw
from junheng.kernel.canonical import canonical_json
from junheng.places.facade import Place
from junheng.registry.engine.integrity.check import Finding
from junheng.registry.engine.integrity.running import CHECKS, Result, run_checks
from junheng.registry.engine.integrity.tables import Snapshot
from junheng.registry.runners.integrity import from_files
from junheng.registry.services.integrity.findings import take_over
from junheng.registry.services.integrity.requesting import place_of

FILE = "findings.json"
Told = Callable[[int, int], None]


def execute(run: Run, told: Told) -> None:
    """Carry out a run; killed halfway it leaves nothing, and done twice it does the same once.

    Args:
        run: A run of this kind.
        told: Hears how many checks of how many are done.
    """
    if not start(run):
        return
    place = place_of(run)
    engine, snapshot = from_files(thaw(run.snapshot))
    with engine:
        results = []
        for result in run_checks(engine, snapshot):
            results.append(result)
            told(len(results), len(CHECKS))
    listing = canonical_json([_as_data(one) for result in results for one in result.findings])
    attach(run, {FILE: listing})
    with transaction.atomic():
        take_over(run, place, results, on=snapshot.on)
        finish(
            run,
            receipt=_receipt(run, place, snapshot, results),
            result_sha256=hashlib.sha256(listing).hexdigest(),
        )


def _receipt(
    run: Run, place: Place, snapshot: Snapshot, results: Sequence[Result]
) -> dict[str, Any]:
    return {
        "kind": run.kind,
        "place": place.code,
        "on": snapshot.on.isoformat(),
        "as_of": {name: day.isoformat() for name, day in snapshot.as_of},
        "snapshot": run.snapshot.sha256,
        "rules_version": run.rules_version,
        "found": {r.check.key: len(r.findings) for r in results if not r.missing},
        "undecided": {r.check.key: list(r.missing) for r in results if r.missing},
    }


def _as_data(one: Finding) -> dict[str, str]:
    return {
        "check": one.check,
        "pupil": one.pupil,
        "other": one.other,
        "school": one.school,
        "fingerprint": one.fingerprint,
    }
