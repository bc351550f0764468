"""What a run found is compared with what is known: new, known, changed, gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from junheng.commons.models import Run
from junheng.places.facade import Place
from junheng.registry.engine.integrity.check import Finding
from junheng.registry.engine.integrity.running import BY_KEY, Result
from junheng.registry.models import IntegrityFinding, Pupil
from junheng.registry.models.integrity import SEVERITIES
from junheng.registry.services.integrity.cases import keep_cases

State = IntegrityFinding.State
Key = tuple[str, str, str]
WRITTEN = (
    *("organisation_id", "pupil_id", "other_pupil_id", "repair", "figures", "fingerprint"),
    *("state", "last_run_id", "last_on", "mended_run_id", "reason", "marked_by_id", "marked_at"),
)


@dataclass(frozen=True, slots=True)
class _Found:
    run: Run
    on: date
    path: str
    pupils: frozenset[UUID]


def take_over(run: Run, place: Place, results: Sequence[Result], *, on: date) -> None:
    """Bring the findings of a place up to what a run found; inside a transaction.

    What a check did not find any more is mended by this run; of a check that was undecided
    nothing changes. A false alarm stays silent as long as its facts are the same.
    """
    decided = [result for result in results if not result.missing]
    rows = IntegrityFinding.objects.select_for_update().filter(
        path=place.path, rule__in=[result.check.key for result in decided]
    )
    known: dict[Key, IntegrityFinding] = {(r.rule, r.subject, r.other): r for r in rows}
    found = {(f.check, f.pupil, f.other): f for result in decided for f in result.findings}
    about = _Found(run, on, place.path, _pupils(found.values()))
    fresh = [_new(one, about) for key, one in found.items() if key not in known]
    again = [_again(known[key], one, about) for key, one in found.items() if key in known]
    gone = [_gone(row, run) for key, row in known.items() if key not in found]
    IntegrityFinding.objects.bulk_create(fresh, batch_size=1_000)
    fields = [name.removesuffix("_id") for name in WRITTEN]
    IntegrityFinding.objects.bulk_update([*again, *filter(None, gone)], fields, batch_size=500)
    keep_cases(place, run)


def _pupils(findings: Iterable[Finding]) -> frozenset[UUID]:
    """Of what the findings name, what is a pupil's."""
    named = {text for one in findings for text in (one.pupil, one.other)}
    keys = [key for text in named if (key := _uuid(text))]
    return frozenset(Pupil.objects.filter(pk__in=keys).values_list("pk", flat=True))


def _new(one: Finding, about: _Found) -> IntegrityFinding:
    row = IntegrityFinding(
        path=about.path,
        rule=one.check,
        severity=SEVERITIES.index(BY_KEY[one.check].severity),
        subject=one.pupil,
        other=one.other,
        first_run=about.run,
        first_on=about.on,
    )
    return _written(row, one, about)


def _again(row: IntegrityFinding, one: Finding, about: _Found) -> IntegrityFinding:
    silent = row.state == State.FALSE_ALARM and row.fingerprint == one.fingerprint
    if not silent:
        _open(row)
    return _written(row, one, about)


def _written(row: IntegrityFinding, one: Finding, about: _Found) -> IntegrityFinding:
    row.organisation_id = int(one.school)
    row.pupil_id = _known(one.pupil, about.pupils)
    row.other_pupil_id = _known(one.other, about.pupils)
    row.repair, row.figures, row.fingerprint = one.repair, one.figures, one.fingerprint
    row.last_run, row.last_on = about.run, max(about.on, row.first_on)
    return row


def _gone(row: IntegrityFinding, run: Run) -> IntegrityFinding | None:
    """Mended by this run, unless it was so before."""
    if row.state == State.MENDED:
        return None
    _open(row)
    row.state, row.mended_run = State.MENDED, run
    return row


def _open(row: IntegrityFinding) -> None:
    row.state, row.mended_run = State.OPEN, None
    row.reason, row.marked_by, row.marked_at = "", None, None


def _known(text: str, pupils: frozenset[UUID]) -> UUID | None:
    key = _uuid(text)
    return key if key in pupils else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
