"""The columns of the workbook of schools, and what a cell by itself may not be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Wrong
from junheng.kernel.codes import table
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.levels import LAST
from junheng.places.facade import OrganisationKind
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import Ownership, Setting


def _degrees(limit: int) -> Any:
    def check(text: str) -> Wrong | None:
        try:
            inside = abs(float(text)) <= limit
        except ValueError:
            inside = False
        if inside:
            return None
        return Wrong(
            _("“%(value)s” is not a position in degrees."),
            _("Write decimal degrees of WGS 84, such as %(example)s."),
            {"value": text, "example": "119.123456" if limit > 90 else "33.123456"},
        )

    return check


def _at_most(top: int, message: str) -> Any:
    def check(value: int) -> Wrong | None:
        return None if 0 <= value <= top else Wrong(message, "", {"value": value, "most": top})

    return check


def _code(text: str) -> Wrong | None:
    allowed = len(text) <= 64 and all(c.isascii() and (c.isalnum() or c in "._-") for c in text)
    if allowed:
        return None
    return Wrong(
        _("“%(value)s” is no code of a school."),
        _("Write letters and digits without blanks, at most 64."),
        {"value": text},
    )


KINDS = (
    OrganisationKind.PRIMARY,
    OrganisationKind.TEACHING_POINT,
    OrganisationKind.LOWER_SECONDARY,
    OrganisationKind.NINE_YEAR,
    OrganisationKind.SPECIAL,
)
KIND_OF = {
    "211": OrganisationKind.PRIMARY.value,
    "218": OrganisationKind.TEACHING_POINT.value,
    "311": OrganisationKind.LOWER_SECONDARY.value,
    "312": OrganisationKind.NINE_YEAR.value,
    **dict.fromkeys(("511", "512", "513", "514"), OrganisationKind.SPECIAL.value),
}
"""What the codes of the table `school_type` are here."""
SETTING_OF = {
    **dict.fromkeys(("111", "112"), Setting.URBAN.value),
    **dict.fromkeys(("121", "122", "123"), Setting.TOWN.value),
    **dict.fromkeys(("210", "220"), Setting.VILLAGE.value),
}
"""What the codes of the table `place_class` are here: city, town and country of the returns."""


class Coded(Choices):
    """Choices that are read by a standard's codes and names as well."""

    def __init__(self, labels: Mapping[str, Any], key: str, meant: Mapping[str, str]) -> None:
        super().__init__(labels)
        self._codes, self._meant = table(key), meant

    def __getitem__(self, word: str) -> str:
        try:
            return super().__getitem__(word)
        except KeyError:
            return self._meant[self._codes.read(word) or ""]


_GRADE = _at_most(LAST, _("There is no grade %(value)s; grades count from 1 to %(most)s."))


COLUMNS = (
    Column(
        "code",
        gettext_lazy("School code"),
        required=True,
        kind="identifier",
        check=_code,
        example="2199000001",
    ),
    Column("name", gettext_lazy("Name"), required=True),
    Column(
        "kind",
        gettext_lazy("Kind"),
        required=True,
        kind="choice",
        choices=Coded({kind.value: kind.label for kind in KINDS}, "school_type", KIND_OF),
        note=gettext_lazy("In words, or the three digits of JY/T 1001."),
    ),
    Column(
        "place_code",
        gettext_lazy("Code of the village, block or township"),
        required=True,
        kind="identifier",
        example="990100001001",
    ),
    Column("lon", gettext_lazy("Longitude"), check=_degrees(180)),
    Column("lat", gettext_lazy("Latitude"), check=_degrees(90)),
    Column(
        "setting",
        gettext_lazy("Setting"),
        required=True,
        kind="choice",
        choices=Coded(dict(Setting.choices), "place_class", SETTING_OF),
        note=gettext_lazy("In words, or the three digits of the statistics' classes of places."),
    ),
    Column(
        "ownership",
        gettext_lazy("Ownership"),
        kind="choice",
        choices=Choices(dict(Ownership.choices)),
        note=gettext_lazy(
            "Blank: stays as it is; a new school is public. A private school has no zone."
        ),
    ),
    Column(
        "lowest_grade",
        gettext_lazy("Lowest grade"),
        kind="integer",
        check=_GRADE,
        note=gettext_lazy(
            "Blank: as usual for the kind. A nine-year or special school has two rows."
        ),
        example="1",
    ),
    Column("highest_grade", gettext_lazy("Highest grade"), kind="integer", check=_GRADE),
    Column(
        "entry_classes",
        gettext_lazy("Classes of the entry grade"),
        required=True,
        kind="integer",
        check=_at_most(99, _("%(value)s classes in a grade cannot be.")),
        example="2",
    ),
    Column(
        "class_size",
        gettext_lazy("Planned pupils per class"),
        required=True,
        kind="integer",
        check=_at_most(
            CLASS_CAP,
            _("%(value)s pupils per class: a plan may have at most %(most)s."),
        ),
        example="45",
    ),
    Column(
        "valid_from",
        gettext_lazy("Valid from"),
        kind="date",
        note=gettext_lazy("Blank: the day of the import."),
        example="2026-09-01",
    ),
)
