"""Traits of schools brought as a table; they count when a second person has agreed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.utils.translation import gettext, gettext_lazy

from junheng.aid.models.told import OF_A_SCHOOL
from junheng.aid.sentences.facts import NAMES
from junheng.aid.services.declaring import (
    TRAIT,
    Trait,
    ask_for_traits,
    held_by,
    in_the_way,
    schools_at,
)
from junheng.aid.services.household_columns import Sheet
from junheng.aid.services.household_imports import OfAPlace
from junheng.commons import approvals
from junheng.commons.imports import CannotUndo, Target
from junheng.commons.models import Approval, ImportBatch
from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Table, Values
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.places.facade import Place

COLUMNS = (
    Column(
        "school",
        gettext_lazy("Code of the school"),
        required=True,
        kind="identifier",
        example="990100000001",
    ),
    Column(
        "fact",
        gettext_lazy("Trait"),
        required=True,
        kind="choice",
        choices=Choices({name: NAMES[name] for name in OF_A_SCHOOL}),
    ),
    Column(
        "since",
        gettext_lazy("Holds from"),
        required=True,
        kind="date",
        example="2026-09-01",
    ),
    Column("until", gettext_lazy("Holds no more from"), kind="date"),
    Column("paper", gettext_lazy("Document it rests on"), required=True),
)


class TraitImporter(OfAPlace):
    """One row a school, trait and stretch of time."""

    kind = "aid.school_traits"
    title = gettext_lazy("Traits of schools")
    columns = COLUMNS
    most_rows: ClassVar[int] = 2_000

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        sheet = Sheet(COLUMNS, rows)
        numbered = [(n, _trait(row)) for n, row in zip(rows.numbers, values, strict=True)]
        return list(_faults(sheet, numbered, self.path(target)))

    def apply(self, values: Values, batch: ImportBatch) -> None:
        place = Place.objects.get(code=batch.target["place"])
        traits = [_trait(row) for row in values]
        ask_for_traits(place, traits, by=batch.by, matter=matter_of(batch))

    def undo(self, batch: ImportBatch) -> None:
        asked = Approval.objects.get(kind=TRAIT, matter=matter_of(batch))
        if asked.state == Approval.State.AGREED:
            raise CannotUndo(
                gettext("A second person agreed, so these traits count. End them instead.")
            )
        if asked.state == Approval.State.PENDING:
            approvals.withdraw(asked, asked.asked_by)


def matter_of(batch: ImportBatch) -> str:
    """What the question about a table is about."""
    return f"aid.traits {batch.pk}"


def _trait(row: Any) -> Trait:
    return Trait(row["school"], row["fact"], row["since"], row.get("until"), row["paper"])


def _faults(sheet: Sheet, rows: list[tuple[int, Trait]], path: str) -> Iterator[Fault]:
    schools = schools_at(path, [one.school for _n, one in rows])
    held = held_by(schools.values())
    before: dict[tuple[str, str], list[Trait]] = {}
    for n, one in rows:
        if one.until is not None and one.until <= one.since:
            yield sheet.fault(n, "until", _("It ends before it begins. Check both days."))
        if one.school not in schools:
            message = _("There is no school with the code %(code)s in this county.")
            yield sheet.fault(n, "school", message, code=one.school)
            continue
        same = before.setdefault((one.school, one.fact), [])
        if in_the_way(one, held) or any(_meet(one, other) for other in same):
            message = _("The school has this trait on one of these days already.")
            yield sheet.fault(n, "since", message)
        same.append(one)


def _meet(one: Trait, other: Trait) -> bool:
    return (other.until is None or one.since < other.until) and (
        one.until is None or other.since < one.until
    )
