"""Whom the rows of a table mean: pupils and people outside grades 1 to 9, by number or by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.models import Beneficiary
from junheng.commons.sheet_columns import sound_resident_id
from junheng.commons.sheets import Column
from junheng.evidence.facade import number_index
from junheng.kernel.faults import gettext_noop as _
from junheng.registry.facade import pupils_of_numbers

Row = Mapping[str, Any]
COLUMNS = (
    Column("name", pgettext_lazy("person", "Name"), example="田小禾"),
    Column(
        "resident_id",
        gettext_lazy("Resident ID number"),
        kind="identifier",
        check=sound_resident_id,
        note=gettext_lazy("Of the pupil or beneficiary; or the pupil number, or the institution."),
        example="990100202109010019",
    ),
    Column("pupil_number", gettext_lazy("Pupil number"), kind="identifier"),
    Column(
        "institution",
        gettext_lazy("Institution"),
        note=gettext_lazy("Of somebody outside grades 1 to 9 whose number is not known."),
    ),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a row may mean.

    Attributes:
        subject: Key of the pupil or beneficiary, as payments have it.
        name: In the clear: only for comparing.
        path: Of the school, or of the place.
        since, until: From which day until before which one they are there.
    """

    subject: str
    name: str
    path: str
    since: date
    until: date | None

    def there_on(self, day: date) -> bool:
        """Whether they were there on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why nobody, or nobody for certain, is meant: the column and what to say of it."""

    column: str
    message: str
    fix: str = ""


NOBODY_TOLD = Unclear(
    "resident_id",
    _("The row does not say whom it is about."),
    _("Write the resident ID number or the pupil number; without either, name and institution."),
)
UNKNOWN = (
    _("Nobody is known by this in this county."),
    _("Compare it with the document; who is missing is entered first, in the register or in aid."),
)
SEVERAL = (
    _("More than one person is known by this."),
    _("Write the pupil number, or another number that only one of them has."),
)
OTHER_NAME = Unclear(
    "name",
    _("Under this number another name is known."),
    _("Compare name and number with the document."),
)


class People:
    """Everybody whom some rows may mean, looked up at once."""

    def __init__(self, rows: Iterable[Row], path: str) -> None:
        rows = list(rows)
        self._found: dict[tuple[str, str], list[Person]] = {}
        keys = {number_index(row["resident_id"]) for row in rows if row.get("resident_id")}
        self._pupils(path, keys, {row["pupil_number"] for row in rows if row.get("pupil_number")})
        self._others(path, keys, {row["institution"] for row in rows if _by_name(row)})

    def meant_by(self, row: Row, day: date) -> Person | Unclear:
        """Who is meant: of several, who was there on the day."""
        column, word = _asked(row)
        if not column:
            return NOBODY_TOLD
        there = self._found.get((column, word), [])
        named = [one for one in there if _same(one.name, row.get("name"))]
        if there and not named and column != "institution":
            return OTHER_NAME
        then = [one for one in named if one.there_on(day)] or named
        if len(then) == 1:
            return then[0]
        return Unclear(column, *(SEVERAL if then else UNKNOWN))

    def _pupils(self, path: str, keys: set[str], numbers: set[str]) -> None:
        for one in pupils_of_numbers(path, keys=keys, numbers=numbers):
            person = Person(str(one.pk), one.name, one.path, one.since, one.until)
            self._add("pupil_number", one.number, person)
            self._add("resident_id", one.key, person)

    def _others(self, path: str, keys: set[str], institutions: set[str]) -> None:
        here = Beneficiary.objects.filter(path__startswith=path).order_by("pk")
        for row in here.filter(resident_id_key__in=keys - {""}):
            self._add("resident_id", row.resident_id_key, _person(row))
        for row in here.filter(institution__in=institutions):
            self._add("institution", row.institution, _person(row))

    def _add(self, column: str, word: str, person: Person) -> None:
        if word:
            self._found.setdefault((column, word), []).append(person)


def _by_name(row: Row) -> bool:
    return _asked(row)[0] == "institution"


def _asked(row: Row) -> tuple[str, str]:
    """The column by which somebody is looked up, and what stands in it as it is looked up."""
    if row.get("pupil_number"):
        return "pupil_number", row["pupil_number"]
    if row.get("resident_id"):
        return "resident_id", number_index(row["resident_id"])
    if row.get("institution") and row.get("name"):
        return "institution", row["institution"]
    return "", ""


def _person(row: Beneficiary) -> Person:
    return Person(str(row.pk), str(row.name or ""), row.path, row.valid_from, row.valid_to)


def _same(known: str, told: str | None) -> bool:
    """Whether a name is the one that is known; a row that tells none contradicts nobody."""
    return not told or _plain(known) == _plain(told)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace(" ", "").casefold()
