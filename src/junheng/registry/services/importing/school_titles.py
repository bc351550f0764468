"""Titles of schools: a row begins one, or says when one that is known ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from junheng.commons.sheets import Column
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.places.facade import Organisation
from junheng.registry.models import SchoolTitle
from junheng.registry.models.school_titles import JudgedBy, SchoolTitleKind
from junheng.registry.services.importing.rows import Batch, ChangedSince, Done, Outcome, Values
from junheng.registry.services.importing.staff_titles import chosen, short

COLUMNS = (
    Column(
        "school_code",
        gettext_lazy("School code"),
        required=True,
        kind="identifier",
        example="3199000007",
    ),
    chosen("kind", gettext_lazy("Kind of title"), SchoolTitleKind.choices),
    chosen("given_by", gettext_lazy("Given by"), JudgedBy.choices),
    Column("title", gettext_lazy("Title"), required=True, check=short(60)),
    Column(
        "paper",
        gettext_lazy("Paper"),
        required=True,
        check=short(80),
        note=gettext_lazy("The document that says so, with its number."),
        example="(2025) 17",
    ),
    Column("valid_from", gettext_lazy("Since"), required=True, kind="date"),
    Column("valid_to", gettext_lazy("Until before"), kind="date"),
)
Key = tuple[Any, ...]


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    schools, faults, seen = _schools(batch), list[Fault](), dict[Key, int]()
    for row, values in batch:
        if values["school_code"] not in schools:
            message = _("There is no school %(code)s in your area.")
            faults.append(batch.fault(row, "school_code", message, code=values["school_code"]))
        key = tuple(values[name] for name in ("school_code", "kind", "title", "valid_from"))
        if (earlier := seen.setdefault(key, row)) != row:
            message = _("Row %(earlier)s says this already.")
            faults.append(batch.fault(row, "title", message, earlier=earlier))
        end = values.get("valid_to")
        if end and end <= values["valid_from"]:
            faults.append(batch.fault(row, "valid_to", _("It would end before it begins.")))
    return faults


def apply(batch: Batch) -> Outcome:
    """Take the rows over; they have been judged without a fault."""
    schools, done = _schools(batch), list[Done]()
    with transaction.atomic():
        for _row, values in batch:
            key = _key(values, schools)
            known = SchoolTitle.objects.select_for_update().filter(**key).first()
            end = values.get("valid_to")
            if known is None:
                made = SchoolTitle.objects.create(
                    **key, given_by=values["given_by"], paper=values["paper"], valid_to=end
                )
                done.append({"pk": made.pk, "made": True, "end": _told(end)})
            elif end and known.valid_to != end:
                before, known.valid_to = known.valid_to, end
                known.save(update_fields=["valid_to"])
                entry = {"pk": known.pk, "made": False, "end": _told(end)}
                done.append(entry | {"before": _told(before)})
    changed = sum(not entry["made"] for entry in done)
    return Outcome(len(done) - changed, changed, len(batch.rows) - len(done), tuple(done))


def undo(done: Iterable[Done]) -> None:
    """Take the titles back that came with a table, and open again those that it ended.

    Raises:
        ChangedSince: If one of them was changed since; then nothing is undone.
    """
    with transaction.atomic():
        for entry in done:
            row = SchoolTitle.objects.filter(pk=entry["pk"], valid_to=entry["end"])
            if not row.exists():
                raise ChangedSince(gettext("Some of these titles were changed since."))
            if entry["made"]:
                row.delete()
            else:
                row.update(valid_to=entry["before"])


def _told(day: Any) -> str | None:
    return day.isoformat() if day else None


def _key(values: Values, schools: dict[str, Organisation]) -> dict[str, Any]:
    return {
        "organisation": schools[values["school_code"]],
        "kind": values["kind"],
        "title": values["title"],
        "valid_from": values["valid_from"],
    }


def _schools(batch: Batch) -> dict[str, Organisation]:
    inside = Organisation.objects.filter(
        code__in=batch.said("school_code"), path__startswith=batch.path
    )
    return {school.code: school for school in inside}
