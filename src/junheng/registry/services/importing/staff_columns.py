"""What a table of staff has in its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from junheng.commons.sheet_columns import Choices, sound_resident_id
from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.resident_id import Sex
from junheng.registry.models import LEVELS
from junheng.registry.models.staff import Employment, PostKind, Qualification, Subject

SEXES = {Sex.MALE.value: gettext_lazy("male"), Sex.FEMALE.value: gettext_lazy("female")}
SUBJECTS = Choices(dict(Subject.choices))
BETWEEN = re.compile(r"[,;/\u3001\uff0c\uff1b\s]+")
"""What stands between two subjects in one cell."""


def subjects_of(text: str | None) -> list[str]:
    """The subjects of a cell, in the order of the curriculum.

    Raises:
        KeyError: If one of them is not known.
    """
    named = {SUBJECTS[word] for word in BETWEEN.split(text or "") if word}
    return [value for value in Subject.values if value in named]


def _subjects(text: str) -> Wrong | None:
    try:
        subjects_of(text)
    except KeyError as unknown:
        message = _("“%(value)s” is not a subject.")
        fix = _("Write subjects with commas between them: %(choices)s.")
        told = {"value": unknown.args[0], "choices": ", ".join(SUBJECTS)}
        return Wrong(message, fix, told)
    return None


def _code(title: Any, name: str, example: str, note: Any = "", **more: Any) -> Column:
    return Column(name, title, kind="identifier", example=example, note=note, **more)


def _one_of(name: str, title: Any, words: Mapping[str, Any], **more: Any) -> Column:
    return Column(name, title, kind="choice", choices=Choices(words), **more)


TITLES_OF_A_PERSON = _code(gettext_lazy("Staff number"), "number", "T990100001", required=True)

COLUMNS = (
    _code(gettext_lazy("Staff number"), "number", "T990100001", required=True, unique=True),
    Column("name", gettext_lazy("Name"), required=True),
    _code(
        gettext_lazy("Resident ID number"),
        "resident_id",
        "",
        gettext_lazy("18 characters; birthday and sex are read from it."),
        check=sound_resident_id,
    ),
    Column("born_on", gettext_lazy("Born on"), kind="date", example="1985-06-12"),
    _one_of("sex", gettext_lazy("Sex"), SEXES),
    Column("teaching_since", gettext_lazy("In the profession since"), kind="date"),
    _one_of("qualification", gettext_lazy("Qualification"), dict(Qualification.choices)),
    Column("recruited_on", gettext_lazy("Recruited on"), required=True, kind="date"),
    _one_of("recruited_as", gettext_lazy("Recruited as"), dict(Employment.choices), required=True),
    _code(
        gettext_lazy("Recruited for the school"),
        "recruited_for",
        "3199000007",
        gettext_lazy("Code; blank: the school of the post."),
    ),
    _code(gettext_lazy("School code"), "school_code", "3199000007", required=True),
    _one_of("level", gettext_lazy("Level"), dict(LEVELS), required=True),
    _one_of("kind", gettext_lazy("Kind of post"), dict(PostKind.choices), required=True),
    _one_of("employment", gettext_lazy("Employment"), dict(Employment.choices), required=True),
    Column("subjects", gettext_lazy("Subjects"), check=_subjects),
    Column("class_teacher", gettext_lazy("Class teacher"), kind="yes_no"),
    Column("flexible", gettext_lazy("Flexible post"), kind="yes_no"),
    Column(
        "valid_from",
        gettext_lazy("Post since"),
        kind="date",
        note=gettext_lazy("Blank: the day of the import. The post before ends on that day."),
    ),
    Column(
        "valid_to",
        gettext_lazy("Post until before"),
        kind="date",
        note=gettext_lazy("Only where it has ended."),
    ),
)
