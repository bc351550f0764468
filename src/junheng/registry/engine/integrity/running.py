"""All checks of a snapshot in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.registry.engine.integrity import civil, likely, numbers, seats, twice
from junheng.registry.engine.integrity.check import Check, Finding, find
from junheng.registry.engine.integrity.tables import Snapshot, set_out

if TYPE_CHECKING:
    from junheng.registry.engine.integrity.tables import Engine

VERSION = "1"
"""Of the rules; another one where a check would find something else in the same tables."""

CHECKS: tuple[type[Check], ...] = (
    numbers.NumberFails,
    numbers.BirthDateDiffers,
    numbers.SexDiffers,
    numbers.ImpossibleAge,
    numbers.GuardianYounger,
    numbers.GuardianTooYoung,
    seats.ClassOfAnotherSchool,
    seats.TwoClasses,
    seats.RecordElsewhere,
    seats.NoRecord,
    seats.RecordWithoutPupil,
    seats.LeftButAttending,
    civil.Died,
    civil.MovedAway,
    civil.RegistrationCancelled,
    civil.Doubtful,
    twice.OneNumberTwoPupils,
    twice.SameChild,
    twice.SameChildElsewhere,
    likely.LikelySameChild,
    likely.LikelyElsewhere,
)
"""In the order of their numbers."""

BY_KEY = {check.key: check for check in CHECKS}


@dataclass(frozen=True, slots=True)
class Result:
    """What one check said.

    Attributes:
        check: Which.
        findings: By pupil; empty where it found nothing or is undecided.
        missing: Tables that were not delivered; with any of them the check is undecided.
    """

    check: type[Check]
    findings: Sequence[Finding]
    missing: tuple[str, ...] = ()


def run_checks(engine: Engine, snapshot: Snapshot) -> Iterator[Result]:
    """Run every check, one after the other, so that a job can show how far it is.

    Args:
        engine: From `tables.connect`, with all that was delivered filled in.
        snapshot: The day, what was delivered, the limits.
    """
    set_out(engine, snapshot)
    for check in CHECKS:
        missing = tuple(sorted(check.needs - snapshot.delivered))
        yield Result(check, [] if missing else find(check, engine), missing)
