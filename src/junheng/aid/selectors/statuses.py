"""What pupils' households are said to be, for the table of facts: set-wise, and quick."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from junheng.aid.models.statuses import REGISTERED_POOR

CURRENT_KINDS = ("monitored", "subsistence", "destitute")
"""What a household is on a day; registered poor is what it ever was."""


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """One stretch of days on which a fact about a person's household holds.

    Attributes:
        subject: The pupil's UUID as text, or the blind key that was asked for.
        kind: Code of the status, which is also the name of the fact: "registered_poor",
            "monitored", "subsistence", "destitute", or whatever a county added.
        valid_from: First day.
        valid_to: The first day on which it does not hold any more, None while it goes on.
    """

    subject: str
    kind: str
    valid_from: date
    valid_to: date | None


_STRETCHES = """
    SELECT person.subject, status.kind,
        greatest(status.valid_from, member.valid_from) AS valid_from,
        CASE WHEN status.kind = %(history)s THEN NULL
            ELSE least(status.valid_to, member.valid_to) END AS valid_to
    FROM ({people}) AS person(subject, member_id)
    JOIN aid_householdmember member ON member.id = person.member_id
    JOIN aid_householdstatus status ON status.household_id = member.household_id
    LEFT JOIN aid_openingregister opening ON opening.id = status.opening_id
    WHERE (status.opening_id IS NULL OR opening.approved_at IS NOT NULL)
        AND greatest(status.valid_from, member.valid_from)
            < coalesce(least(status.valid_to, member.valid_to), 'infinity')
"""
_WITHIN = """
    SELECT subject, kind, min(valid_from), valid_to FROM ({stretches}) AS stretch
    WHERE valid_from < %(end)s AND (valid_to IS NULL OR valid_to > %(begin)s)
    GROUP BY subject, kind, valid_to, CASE WHEN kind = %(history)s THEN NULL ELSE valid_from END
    ORDER BY subject, kind, 3
"""
_PUPILS = """
    SELECT pupil.id::text, member.id FROM registry_pupil pupil
    JOIN places_organisation school ON school.id = pupil.organisation_id
    JOIN aid_householdmember member ON member.resident_id_key = pupil.resident_id_key
    WHERE pupil.resident_id_key <> '' AND member.resident_id_key <> ''
        AND starts_with(school.path, %(path)s)
    UNION
    SELECT pupil.id::text, member.id FROM aid_householdmember member
    JOIN registry_pupil pupil ON pupil.id = member.pupil_id
    JOIN places_organisation school ON school.id = pupil.organisation_id
    WHERE starts_with(school.path, %(path)s)
"""
_BENEFICIARIES = """
    SELECT somebody.id::text, member.id FROM aid_beneficiary somebody
    JOIN aid_householdmember member ON member.resident_id_key = somebody.resident_id_key
    WHERE somebody.resident_id_key <> '' AND member.resident_id_key <> ''
        AND starts_with(somebody.path, %(path)s)
"""
_KEYS = """
    SELECT member.resident_id_key, member.id FROM aid_householdmember member
    WHERE member.resident_id_key <> '' AND member.resident_id_key = ANY(%(keys)s)
"""


def pupil_statuses(path: str, *, begin: date, end: date) -> list[PersonStatus]:
    """The statuses of the households of a place's pupils that touch a span of days.

    A pupil belongs to a household by the blind key of the resident ID number, or by the link that
    somebody made, and only for the days on which it was a member. `registered_poor` is history:
    it holds from the first identification on, without an end, also after removal, once for each
    pupil. The other kinds hold on the days on which they hold, one row a stretch. Statuses of an
    opening register count from the second person's signature on.

    Whoever is in no row has, on these days, no status that we know of: that is a no for a county
    whose register is here, and for another one a missing value (`register_known`).

    Args:
        path: Place or organisation; the pupils whose latest school lies there.
        begin: First day of the span.
        end: The first day after the span.

    Returns:
        Rows by subject, kind and first day. One statement, whatever the number of pupils.
    """
    return _asked(_PUPILS, path=path, begin=begin, end=end)


def beneficiary_statuses(path: str, *, begin: date, end: date) -> list[PersonStatus]:
    """The same for people outside grades 1 to 9, by the blind key of their number.

    Args:
        path: Place or organisation in which they stand.
        begin: First day of the span.
        end: The first day after the span.
    """
    return _asked(_BENEFICIARIES, path=path, begin=begin, end=end)


def statuses_by_key(keys: Iterable[str], *, begin: date, end: date) -> list[PersonStatus]:
    """The same for people who are no pupils of the register, by blind keys of their numbers.

    Args:
        keys: As `evidence.facade.number_index` makes them; `subject` of the rows is the key.
        begin: First day of the span.
        end: The first day after the span.
    """
    return _asked(_KEYS, keys=sorted(set(keys) - {""}), begin=begin, end=end)


def register_known(path: str) -> bool:
    """Whether there is a register of households for a place at all; without one nobody can say no.

    Args:
        path: Of a county, or of what lies in it.
    """
    county = "/".join(path.split("/")[:4]) + "/"
    statement = """
        SELECT EXISTS (SELECT FROM aid_household home JOIN places_place village
            ON village.id = home.village_id WHERE starts_with(village.path, %(county)s))
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, {"county": county})
        return bool(cursor.fetchone()[0])


def _asked(people: str, **given: Any) -> list[PersonStatus]:
    statement = _WITHIN.format(stretches=_STRETCHES.format(people=people))
    with connection.cursor() as cursor:
        cursor.execute(statement, given | {"history": REGISTERED_POOR})
        return [PersonStatus(*row) for row in cursor.fetchall()]
