"""What tables of beneficiaries have in their columns; the form asks for the same."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.models import BeneficiaryStage, Degree
from junheng.aid.services.household_columns import sound_yuan
from junheng.commons.sheet_columns import Choices, sound_resident_id
from junheng.commons.sheets import Column

SEXES = (("1", gettext_lazy("male")), ("2", gettext_lazy("female")))


def _yes_no(name: str, title: Any) -> Column:
    return Column(
        name, title, kind="yes_no", note=gettext_lazy("Left blank, it counts as not known.")
    )


COLUMNS = (
    Column("name", pgettext_lazy("person", "Name"), required=True, example="田小禾"),
    Column(
        "resident_id",
        gettext_lazy("Resident ID number"),
        kind="identifier",
        check=sound_resident_id,
        note=gettext_lazy("Without it nobody can tell what the household is said to be."),
        example="990100202109010019",
    ),
    Column(
        "sex",
        gettext_lazy("Sex"),
        kind="choice",
        choices=Choices(dict(SEXES)),
        note=gettext_lazy("Left blank, it is read from the number; so is the birthday."),
    ),
    Column("born_on", gettext_lazy("Born on"), kind="date"),
    Column(
        "stage",
        pgettext_lazy("aid", "Stage"),
        required=True,
        kind="choice",
        choices=Choices(dict(BeneficiaryStage.choices)),
    ),
    Column(
        "school_code",
        gettext_lazy("School code"),
        kind="identifier",
        note=gettext_lazy("Of an institution of this county; else write its name."),
    ),
    Column("institution", gettext_lazy("Institution"), example="云槐县第一幼儿园"),
    Column(
        "township",
        gettext_lazy("Code of the township"),
        kind="identifier",
        note=gettext_lazy("Where the family lives, for those of no school of this county."),
    ),
    _yes_no("private", gettext_lazy("Private institution")),
    Column(
        "degree",
        gettext_lazy("Degree course"),
        kind="choice",
        choices=Choices(dict(Degree.choices)),
    ),
    _yes_no("boarder", gettext_lazy("Boarder")),
    _yes_no("disabled", gettext_lazy("Disabled")),
    _yes_no("orphan", gettext_lazy("Orphan")),
    _yes_no("striving_class", gettext_lazy("Striving class")),
    _yes_no("skills_certificate", gettext_lazy("Skills certificate")),
    Column(
        "fee",
        gettext_lazy("Fee for a term, yuan"),
        check=sound_yuan,
        note=gettext_lazy(
            "What the institution asks of this person, before any aid; 0 where it asks nothing. "
            "Left blank, it counts as not known."
        ),
        example="1800.00",
    ),
    Column(
        "valid_from", gettext_lazy("Entered on"), required=True, kind="date", example="2026-09-01"
    ),
    Column("valid_to", gettext_lazy("Until before"), kind="date"),
)
