"""Titles and courses of people on the staff: what is known already is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext, gettext_lazy

from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.registry.models import Honour, StaffMember, Training
from junheng.registry.models.staff_titles import GivenBy, HonourKind
from junheng.registry.services.importing.rows import (
    Batch,
    ChangedSince,
    Done,
    Outcome,
    Values,
)

MOST_HOURS = 2_000
LONGEST = {"honour": 60, "course": 80}


def short(most: int) -> Callable[[str], Wrong | None]:
    """A check that a text has so many characters at most."""

    def check(text: str) -> Wrong | None:
        if len(text) <= most:
            return None
        return Wrong(_("Longer than %(most)s characters."), _("Shorten it."), {"most": most})

    return check


def _between(least: int, most: int) -> Callable[[int], Wrong | None]:
    def check(value: int) -> Wrong | None:
        if least <= value <= most:
            return None
        message = _("%(value)s cannot be; %(least)s to %(most)s can.")
        return Wrong(message, "", {"value": value, "least": least, "most": most})

    return check


PERSON = Column(
    "number",
    gettext_lazy("Staff number"),
    required=True,
    kind="identifier",
    example="T990100001",
)


def chosen(name: str, title: Any, words: Sequence[Any]) -> Column:
    """A required column with one of these words."""
    return Column(name, title, required=True, kind="choice", choices=Choices(dict(words)))


HONOUR_COLUMNS = (
    PERSON,
    chosen("kind", gettext_lazy("Kind of title"), HonourKind.choices),
    chosen("given_by", gettext_lazy("Given by"), GivenBy.choices),
    Column("title", gettext_lazy("Title"), required=True, check=short(LONGEST["honour"])),
    Column("valid_from", gettext_lazy("Since"), required=True, kind="date"),
    Column("valid_to", gettext_lazy("Until before"), kind="date"),
)
TRAINING_COLUMNS = (
    PERSON,
    chosen("level", gettext_lazy("Held by"), GivenBy.choices),
    Column("title", gettext_lazy("Course"), required=True, check=short(LONGEST["course"])),
    Column(
        "year",
        gettext_lazy("Year"),
        required=True,
        kind="integer",
        check=_between(1986, 2100),
        example="2026",
    ),
    Column(
        "hours",
        gettext_lazy("Hours"),
        required=True,
        kind="integer",
        check=_between(1, MOST_HOURS),
        example="72",
    ),
)
ONCE: dict[type[models.Model], tuple[str, ...]] = {
    Honour: ("kind", "title", "valid_from"),
    Training: ("year", "title"),
}
"""What makes two rows about one person the same one."""


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    known, faults = _people(batch), list[Fault]()
    for row, values in batch:
        if values["number"] not in known:
            message = _("Nobody in your area has the staff number %(number)s.")
            fix = _("Correct the number, or import the person first.")
            faults.append(batch.fault(row, "number", message, fix, number=values["number"]))
        end = values.get("valid_to")
        if end and end <= values["valid_from"]:
            faults.append(batch.fault(row, "valid_to", _("It would end before it begins.")))
    return faults


def apply_honours(batch: Batch) -> Outcome:
    """Take titles over; they have been judged without a fault."""
    return _apply(batch, Honour)


def apply_training(batch: Batch) -> Outcome:
    """Take courses over; they have been judged without a fault."""
    return _apply(batch, Training)


def undo_honours(done: Iterable[Done]) -> None:
    """Take the titles back that came with a table."""
    _undo(done, Honour)


def undo_training(done: Iterable[Done]) -> None:
    """Take the courses back that came with a table."""
    _undo(done, Training)


def _people(batch: Batch) -> dict[str, int]:
    people = StaffMember.objects.filter(number__in=batch.said("number"))
    inside = people.filter(organisation__path__startswith=batch.path)
    return dict(inside.values_list("number", "pk"))


def _apply(batch: Batch, model: type[Any]) -> Outcome:
    people, once = _people(batch), ONCE[model]
    with transaction.atomic():
        rows = model.objects.filter(person__in=people.values())
        known = set(rows.values_list("person_id", *once))
        fresh: list[models.Model] = []
        for _row, values in batch:
            key = _key(people, values, once)
            if key not in known:
                known.add(key)
                facts = {name: value for name, value in values.items() if name != "number"}
                fresh.append(model(person_id=key[0], **facts))
        model.objects.bulk_create(fresh, batch_size=1_000)
    done = tuple({"pk": row.pk} for row in fresh)
    return Outcome(len(fresh), 0, len(batch.rows) - len(fresh), done)


def _key(people: dict[str, int], values: Values, once: tuple[str, ...]) -> tuple[Any, ...]:
    return people[values["number"]], *(values[name] for name in once)


def _undo(done: Iterable[Done], model: type[Any]) -> None:
    """Raises `ChangedSince` if a row is gone; then nothing is undone."""
    with transaction.atomic():
        wanted = [entry["pk"] for entry in done]
        rows = model.objects.filter(pk__in=wanted)
        if rows.count() != len(wanted):
            raise ChangedSince(gettext("Some of these rows are gone since."))
        rows.delete()
