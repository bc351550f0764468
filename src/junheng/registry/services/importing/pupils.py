"""Pupils with their classes, guardians and tags, from the national register's workbooks."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from junheng.accounts.facade import User
from junheng.commons.copying import count_after_commit, in_advance
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import (
    Guardian,
    Movement,
    Pupil,
    PupilSearchKey,
    PupilTag,
    School,
    SchoolClass,
    Standing,
    State,
    Tag,
)
from junheng.registry.services import bulk
from junheng.registry.services.importing.pupil_columns import class_number_of
from junheng.registry.services.importing.pupil_numbers import (
    Known,
    known_pupils,
    lengthened,
    twice_in_the_file,
    wrong_numbers,
)
from junheng.registry.services.importing.rows import Batch, ChangedSince, Outcome, Values

Key = tuple[str, int, int]
"""School code, grade, class number; 0 for no class yet."""
TAGS = tuple(str(tag) for tag in Tag)
GUARDIANS = ("guardian1", "guardian2")


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    schools = _Schools(batch)
    faults = [*twice_in_the_file(batch), *wrong_numbers(batch)]
    faults += [wrong for row, each in batch if (wrong := schools.wrong(batch, row, each))]
    faults += [wrong for row, each in batch for wrong in _guardians_wrong(batch, row, each)]
    if not faults:
        known = known_pupils(batch)
        faults += _elsewhere(batch, known, schools)
        faults += _too_many(batch, known, schools)
    order = {header: place for place, header in enumerate(batch.headers.values())}
    return sorted(faults, key=lambda one: (one.row or 0, order.get(one.column, 0)))


class _Schools:
    """What the register knows of the schools of a batch, in three queries."""

    def __init__(self, batch: Batch, *, lock: bool = False) -> None:
        self.year = SchoolYear.of(batch.today)
        inside = Organisation.objects.filter(
            code__in=batch.said("school_code"), path__startswith=batch.path
        )
        self.ids = dict(inside.values_list("code", "pk"))
        self.grades: dict[str, set[int]] = defaultdict(set)
        facts = School.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=batch.today),
            organisation__in=self.ids.values(),
            valid_from__lte=batch.today,
        )
        for code, low, high in facts.values_list(
            "organisation__code", "lowest_grade", "highest_grade"
        ):
            self.grades[code].update(range(low, high + 1))
        rows = SchoolClass.objects.select_related("organisation").filter(
            organisation__in=self.ids.values(), school_year=self.year.start
        )
        rows = rows.order_by("pk").select_for_update(of=("self",)) if lock else rows
        self.classes: dict[Key, SchoolClass] = {
            (row.organisation.code, row.grade, row.number): row for row in rows
        }

    def wrong(self, batch: Batch, row: int, values: Values) -> Fault | None:
        code = values["school_code"]
        if code not in self.ids:
            return batch.fault(
                row,
                "school_code",
                _("There is no school %(code)s in your area."),
                _("Correct the code, or import the school first."),
                code=code,
            )
        if int(values["grade"]) not in self.grades[code]:
            return batch.fault(
                row,
                "grade",
                _("%(school)s does not teach grade %(grade)s."),
                _("Correct the grade, or import what the school teaches first."),
                school=code,
                grade=values["grade"],
            )
        if values["entered_on"] > batch.today:
            return batch.fault(row, "entered_on", _("The month is yet to come."))
        return None

    def room(self, key: Key) -> int:
        """How many more pupils a class may take."""
        known = self.classes.get(key)
        if known is None:
            return CLASS_CAP
        return CLASS_CAP - (known.size if known.by_register else 0)


def _guardians_wrong(batch: Batch, row: int, values: Values) -> Iterator[Fault]:
    for who in GUARDIANS:
        if values[f"{who}_name"] is None and any(
            values[f"{who}_{what}"] for what in ("phone", "resident_id")
        ):
            yield batch.fault(
                row, f"{who}_name", _("The guardian has no name."), _("Write the name, too.")
            )


def _elsewhere(batch: Batch, known: Mapping[int, Known], schools: _Schools) -> Iterator[Fault]:
    """Pupils who are on the roll of another school: that is a transfer, and no import."""
    for row, values in batch:
        there = known.get(row)
        if there and (there.left_on or there.organisation != schools.ids[values["school_code"]]):
            yield batch.fault(
                row,
                "resident_id" if values["resident_id"] else "national_number",
                _("This pupil has a record already, %(number)s, and not at this school."),
                _("Transfer the pupil or let it return, instead of importing it once more."),
                number=there.number,
            )


def _too_many(batch: Batch, known: Mapping[int, Known], schools: _Schools) -> Iterator[Fault]:
    """The rows by which a class would pass the cap."""
    seen: Counter[Key] = Counter()
    for row, values in batch:
        key = key_of(values)
        if row in known or not key[2]:
            continue
        seen[key] += 1
        if seen[key] > schools.room(key):
            yield batch.fault(
                row,
                "class_number",
                _("Pupil no. %(n)s of grade %(grade)s class %(number)s: at most %(cap)s fit."),
                _("Divide the class or place pupils elsewhere."),
                n=seen[key] + CLASS_CAP - schools.room(key),
                grade=key[1],
                number=key[2],
                cap=CLASS_CAP,
            )


def key_of(values: Values) -> Key:
    """Which class a row is about."""
    number = class_number_of(str(values["class_number"] or ""))
    return values["school_code"], int(values["grade"]), number


def apply(batch: Batch, *, number: uuid.UUID, by: User) -> Outcome:
    """Take the rows over; they have been judged without a fault.

    Args:
        batch: The rows.
        number: The import, which stays in every standing.
        by: Who brings them.
    """
    known = known_pupils(batch)
    schools = _Schools(batch, lock=True)
    fresh = [values for row, values in batch if row not in known]
    made = _classes(fresh, schools, batch.today)
    writing = _Writing(schools, batch.today, len(fresh))
    for values in fresh:
        writing.add(values)
    with in_advance(bulk.guardian_rows(writing.guardians)) as guardians:
        bulk.write_pupils(writing.pupils, by)
        bulk.write_standings(writing.standings, by, batch=number, recorded_at=timezone.now())
        bulk.write_search_keys(bulk.search_rows(writing.pupils))
        bulk.write_guardians(guardians())
    bulk.write_tags(writing.tags)
    count_after_commit(Pupil, Standing, Guardian, PupilTag, PupilSearchKey)
    return Outcome(len(fresh), 0, len(known), ({"classes": made},))


def _classes(rows: list[Values], schools: _Schools, today: date) -> list[int]:
    """Make the classes that are not there yet; their keys."""
    wanted = sorted({key for key in map(key_of, rows) if key[2] and key not in schools.classes})
    made = SchoolClass.objects.bulk_create(
        SchoolClass(
            organisation_id=schools.ids[code],
            school_year=schools.year.start,
            grade=grade,
            number=number,
            size=0,
            counted_on=today,
        )
        for code, grade, number in wanted
    )
    schools.classes |= dict(zip(wanted, made, strict=True))
    return [row.pk for row in made]


class _Writing:
    """What a batch becomes, row by row."""

    def __init__(self, schools: _Schools, today: date, count: int) -> None:
        self.schools, self.today = schools, today
        self.numbers = iter(bulk.numbers(today.year, count))
        self.pupils: list[bulk.NewPupil] = []
        self.standings: list[bulk.NewStanding] = []
        self.guardians: list[bulk.NewGuardian] = []
        self.tags: list[bulk.NewTag] = []

    def add(self, values: Values) -> None:
        pupil = uuid.uuid4()
        since = max(values["entered_on"], self.schools.year.starts_on)
        school = self.schools.ids[values["school_code"]]
        self.pupils.append(_pupil(pupil, values, school, next(self.numbers)))
        self.standings.append(self._standing(pupil, values, school, since))
        self.guardians += _guardians(pupil, values, since)
        self.tags += [
            bulk.NewTag(pupil, tag, since, gettext("Import")) for tag in TAGS if values[tag]
        ]

    def _standing(
        self, pupil: uuid.UUID, values: Values, school: int, since: date
    ) -> bulk.NewStanding:
        key = key_of(values)
        return bulk.NewStanding(
            pupil=pupil,
            organisation=school,
            school_year=self.schools.year.start,
            grade=key[1],
            school_class=self.schools.classes[key].pk if key[2] else None,
            state=State.STUDYING,
            valid_from=since,
            valid_to=None,
            completed=False,
            movement=Movement.ENTERED,
            paper=gettext("Taken over from the national register"),
        )


def _pupil(pupil: uuid.UUID, values: Values, school: int, number: str) -> bulk.NewPupil:
    return bulk.NewPupil(
        id=pupil,
        number=number,
        organisation=school,
        name=values["name"],
        resident_id=lengthened(values, "resident_id"),
        national_number=values["national_number"] or "",
        household=values["household"] or "",
        born_on=values["born_on"],
        sex=values["sex"],
        ethnicity=values["ethnicity"] or "",
        entered_on=values["entered_on"],
    )


def _guardians(pupil: uuid.UUID, values: Values, since: date) -> Iterator[bulk.NewGuardian]:
    """Those who are named, but for members of the family who are said not to be guardians."""
    for who in GUARDIANS:
        if values[f"{who}_name"] and values[f"{who}_is"] is not False:
            yield bulk.NewGuardian(
                id=uuid.uuid4(),
                pupil=pupil,
                relation=values[f"{who}_relation"] or "",
                name=values[f"{who}_name"],
                phone=values[f"{who}_phone"] or "",
                resident_id=lengthened(values, f"{who}_resident_id"),
                valid_from=since,
            )


def undo(number: uuid.UUID, done: Mapping[str, Any]) -> None:
    """Take back every pupil that an import brought.

    Raises:
        ChangedSince: If one of them was changed or moved since; then nothing is undone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"batch": number})
        changed = cursor.fetchone()
        if changed is not None:
            raise ChangedSince(
                gettext("The record %(number)s was changed since; undo that first.")
                % {"number": changed[0]}
            )
        cursor.execute(_PUPILS, {"batch": number})
        for statement in _DELETIONS:
            cursor.execute(statement, {"batch": number})
        cursor.execute("DROP TABLE batch_pupils")
    SchoolClass.objects.filter(pk__in=done["classes"], size=0).delete()


_CHANGED = """
    SELECT pupil.number FROM registry_standing standing
    JOIN registry_pupil pupil ON pupil.id = standing.pupil_id
    WHERE standing.batch = %(batch)s AND (
        standing.valid_to IS NOT NULL
        OR EXISTS (SELECT FROM registry_standing other
            WHERE other.pupil_id = pupil.id AND other.batch IS DISTINCT FROM standing.batch)
        OR EXISTS (SELECT FROM registry_pupilevent event
            WHERE event.pgh_obj_id = pupil.id AND event.pgh_label <> 'insert')
        OR EXISTS (SELECT FROM registry_guardianevent event WHERE event.pupil_id = pupil.id
            AND (event.pgh_label <> 'insert' OR event.pgh_created_at > standing.recorded_at))
        OR EXISTS (SELECT FROM registry_pupiltagevent event WHERE event.pupil_id = pupil.id
            AND (event.pgh_label <> 'insert' OR event.pgh_created_at > standing.recorded_at)))
    ORDER BY pupil.number LIMIT 1
"""
_PUPILS = """
    CREATE TEMPORARY TABLE batch_pupils ON COMMIT DROP AS
    SELECT pupil_id FROM registry_standing WHERE batch = %(batch)s
"""
_DELETIONS = tuple(
    f"DELETE FROM {table} WHERE {column} IN (SELECT pupil_id FROM batch_pupils)"  # noqa: S608
    for table, column in (
        ("registry_guardian", "pupil_id"),
        ("registry_pupiltag", "pupil_id"),
        ("registry_standing", "pupil_id"),
        ("registry_pupil", "id"),
    )
)
