"""Children of school age by place and year: a row replaces what was known of that place."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.places.facade import Place
from junheng.registry.models import LEVELS, SchoolAgeChildren
from junheng.registry.services.importing.rows import Batch, ChangedSince, Done, Outcome

FIRST_YEAR, LAST_YEAR, MOST = 1986, 2100, 10_000_000


def _year(value: int) -> Wrong | None:
    if FIRST_YEAR <= value <= LAST_YEAR:
        return None
    return Wrong(_("%(n)s is no year."), "", {"n": value})


def _number(value: int) -> Wrong | None:
    if 0 <= value <= MOST:
        return None
    return Wrong(
        _("%(value)s cannot be; %(least)s to %(most)s can."),
        "",
        {"value": value, "least": 0, "most": MOST},
    )


COLUMNS = (
    Column(
        "place_code",
        gettext_lazy("Place code"),
        required=True,
        kind="identifier",
        example="990100",
    ),
    Column(
        "level", gettext_lazy("Level"), required=True, kind="choice", choices=Choices(dict(LEVELS))
    ),
    Column(
        "year",
        gettext_lazy("School year"),
        required=True,
        kind="integer",
        check=_year,
        note=gettext_lazy("The year in which it begins, such as 2026."),
        example="2026",
    ),
    Column(
        "children",
        gettext_lazy("Children of that age"),
        required=True,
        kind="integer",
        check=_number,
        note=gettext_lazy("6 to 11 or 12 to 14 years old on 31 August, at school or not."),
        example="48210",
    ),
    Column(
        "source",
        gettext_lazy("Source"),
        required=True,
        example="Civil registration, 2026-08-31",
    ),
)
Key = tuple[str, str, int]


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    places, seen, faults = _places(batch), dict[Key, int](), list[Fault]()
    for row, values in batch:
        if values["place_code"] not in places:
            message = _("There is no place %(code)s in your area.")
            faults.append(batch.fault(row, "place_code", message, code=values["place_code"]))
        key = (values["place_code"], values["level"], values["year"])
        if (earlier := seen.setdefault(key, row)) != row:
            message = _("Row %(earlier)s has this place, level and year already.")
            faults.append(batch.fault(row, "year", message, earlier=earlier))
    return faults


def _places(batch: Batch) -> dict[str, Place]:
    codes = batch.said("place_code")
    inside = Place.objects.filter(code__in=codes, path__startswith=batch.path)
    return {place.code: place for place in inside.defer("outline")}


def apply(batch: Batch) -> Outcome:
    """Take the rows over; they have been judged without a fault."""
    places, done = _places(batch), list[Done]()
    with transaction.atomic():
        for _row, values in batch:
            key = {
                "place": places[values["place_code"]],
                "level": values["level"],
                "year": values["year"],
            }
            facts = {"number": values["children"], "source": values["source"]}
            known = SchoolAgeChildren.objects.select_for_update().filter(**key).first()
            before = {"number": known.number, "source": known.source} if known else None
            if before == facts:
                continue
            row, _fresh = SchoolAgeChildren.objects.update_or_create(**key, defaults=facts)
            done.append({"pk": row.pk, "before": before, "after": facts})
    changed = sum(entry["before"] is not None for entry in done)
    return Outcome(len(done) - changed, changed, len(batch.rows) - len(done), tuple(done))


def undo(done: Iterable[Done]) -> None:
    """Put back what was known before.

    Raises:
        ChangedSince: If a figure was changed since; then nothing is undone.
    """
    with transaction.atomic():
        for entry in done:
            row = SchoolAgeChildren.objects.filter(pk=entry["pk"], **entry["after"])
            if not row.exists():
                raise ChangedSince(gettext("These figures were changed since."))
            if entry["before"] is None:
                row.delete()
            else:
                row.update(**entry["before"])
