"""Setting working days; what it means for the cases that are under way is worked out at once."""

from __future__ import annotations

from datetime import date

from chinese_calendar import Holiday, holidays, workdays
from django.db import connection, transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.cases.engine.calendar import FRIDAY
from junheng.cases.engine.clock import Pause, due_on
from junheng.cases.models import Case, WorkDay
from junheng.cases.models.calendar import EVERYWHERE
from junheng.cases.models.cases import days_of_pauses
from junheng.cases.selectors.calendar import calendars
from junheng.commons.history import reason
from junheng.commons.refusals import Refusal

FIRST_YEAR = 2024
"""Before this there was no case."""


class SaysNothing(Refusal):
    """The day is as the calendar has it already."""


def seed() -> int:
    """Take over the country's days of the years that are not there yet; how many days that were.

    A year of which a single day is there is the bureau's own affair from then on.
    """
    known = {
        day.year for day in WorkDay.objects.filter(path=EVERYWHERE).values_list("day", flat=True)
    }
    names = {one.value: one.chinese for one in Holiday}
    rows = [
        WorkDay(day=day, works=works, name=names.get(name, name))
        for works, days in ((False, holidays), (True, workdays))
        for day, name in days.items()
        if day.year >= FIRST_YEAR and day.year not in known and (day.weekday() > FRIDAY) == works
    ]
    WorkDay.objects.bulk_create(rows)
    return len(rows)


def seed_after_migrations(**_kwargs: object) -> None:
    """Seed whenever the tables were just made or brought up to date, and are there."""
    if WorkDay._meta.db_table in connection.introspection.table_names():
        seed()


def set_day(path: str, day: date, *, works: bool, name: str, by: User) -> WorkDay:
    """Say for a place whether a day is worked.

    Raises:
        SaysNothing: If it is so already.
    """
    with transaction.atomic(), reason(name):
        if calendars().at(path).is_work_day(day) == works:
            raise SaysNothing(_("That is how the calendar has this day already."))
        row, _made = WorkDay.objects.update_or_create(
            path=path, day=day, defaults={"works": works, "name": name, "set_by": by}
        )
        reckon_again(path)
    return row


def take_back(row: WorkDay) -> None:
    """Let a day be again as it is in the whole country."""
    with transaction.atomic():
        path = row.path
        row.delete()
        reckon_again(path)


def reckon_again(path: str) -> int:
    """Work out anew when the cases of a place are due; how many days moved."""
    known, moved = calendars(), []
    cases = Case.objects.under_way().filter(path__startswith=path, ended_on=None)
    for case in cases.select_for_update(of=("self",)).prefetch_related("pauses"):
        pauses = [Pause(*days) for days in days_of_pauses(case)]
        due = due_on(case.counts_from, case.days, pauses, known.at(case.path))
        if due != case.due_on:
            case.due_on = due
            moved.append(case)
    Case.objects.bulk_update(moved, ["due_on"], batch_size=500)
    return len(moved)
