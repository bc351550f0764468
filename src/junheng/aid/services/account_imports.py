"""Accounts come in as a table; each counts when a second person has approved it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from junheng.aid.models import AccountKind, PayAccount
from junheng.aid.services import people_in_tables as people
from junheng.aid.services.household_columns import Sheet
from junheng.aid.services.household_imports import OfAPlace
from junheng.aid.services.one_by_one import ACCOUNTS, wait_for_others
from junheng.aid.services.pay_accounts import NUMBER, Told, new_ones, write
from junheng.aid.services.people_in_tables import People, Person, Unclear
from junheng.commons.imports import CannotUndo, Target
from junheng.commons.models import ImportBatch
from junheng.commons.sheet_columns import Choices, sound_resident_id
from junheng.commons.sheets import Column, Table, Values, Wrong
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.resident_id import ResidentId
from junheng.places.facade import Organisation, Place

Row = Mapping[str, Any]
Found = Told | Unclear


def _sound_number(text: str) -> Wrong | None:
    if NUMBER.fullmatch(text.replace(" ", "")):
        return None
    return Wrong(
        _("An account number has 8 to 32 digits."), _("Copy it again from the card or the bank.")
    )


COLUMNS = (
    Column(
        "school_code",
        gettext_lazy("Code of the school"),
        kind="identifier",
        note=gettext_lazy("Only for the account of a school itself."),
    ),
    *people.COLUMNS,
    Column(
        "kind",
        gettext_lazy("Kind of account"),
        kind="choice",
        choices=Choices(dict(AccountKind.choices)),
        note=gettext_lazy("Left blank, a card in the person's own name is theirs."),
    ),
    Column("holder", gettext_lazy("Holder of the account"), required=True, example="田大山"),
    Column(
        "number",
        gettext_lazy("Account number"),
        also=("社保卡号", "银行卡号", "账号", "卡号"),
        required=True,
        kind="identifier",
        check=_sound_number,
        example="6217000000000001",
    ),
    Column(
        "holder_id",
        pgettext_lazy("account", "Holder's ID number"),
        kind="identifier",
        check=sound_resident_id,
        note=gettext_lazy("Of a card; a school has none."),
        example="990100198001010018",
    ),
)


class AccountImporter(OfAPlace):
    """One row is the account of one person, or of one school."""

    kind = "aid.pay_accounts"
    title = gettext_lazy("Accounts for payments")
    columns = COLUMNS
    most_rows: ClassVar[int] = 100_000

    def wait(self) -> None:
        wait_for_others(ACCOUNTS)

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        sheet = Sheet(COLUMNS, rows)
        found = list(_read(values, self.path(target)))
        numbered = list(zip(rows.numbers, found, strict=True))
        unclear = [
            sheet.fault(n, one.column, one.message, one.fix)
            for n, one in numbered
            if isinstance(one, Unclear)
        ]
        faults = unclear + list(_twice(sheet, numbered))
        if found and not faults and not new_ones([one for one in found if isinstance(one, Told)]):
            message = _("Every account of this table is known already.")
            return [fault(rows.name, None, "", message, _("There is nothing to do."))]
        return faults

    def apply(self, values: Values, batch: ImportBatch) -> None:
        found = _read(values, Place.objects.get(code=batch.target["place"]).path)
        told = [one for one in found if isinstance(one, Told)]
        write(told, by=batch.by_id, batch=batch.pk)

    def undo(self, batch: ImportBatch) -> None:
        wait_for_others(ACCOUNTS)
        rows = PayAccount.objects.filter(batch=batch.pk)
        if rows.filter(decided_at__isnull=False, refused_because="").exists():
            raise CannotUndo(
                gettext("A second person approved accounts of this table. Enter others instead.")
            )
        rows.waiting().update(replaced_at=timezone.now())


def _read(values: Values, path: str) -> Iterator[Found]:
    """What each row tells, or why it tells nothing for certain."""
    codes = {row["school_code"] for row in values if row.get("school_code")}
    inside = Organisation.objects.filter(code__in=codes, path__startswith=path)
    schools = {one.code: one.path for one in inside}
    persons = People([row for row in values if not row.get("school_code")], path)
    today = timezone.localdate()
    for row in values:
        if row.get("school_code"):
            yield _of_a_school(row, schools)
        else:
            meant = persons.meant_by(row, today)
            yield _of_a_person(row, meant) if isinstance(meant, Person) else meant


def _of_a_school(row: Row, schools: Mapping[str, str]) -> Found:
    path = schools.get(row["school_code"])
    if path is None:
        return Unclear(
            "school_code",
            _("There is no school with this code in this county."),
            _("Compare it with the list of schools."),
        )
    if row.get("kind") not in (None, AccountKind.SCHOOL) or row.get("name"):
        return Unclear(
            "school_code",
            _("An account is of a school or of a person, not of both."),
            _("Leave the code of the school out for a person, and the name out for a school."),
        )
    return Told("", path, AccountKind.SCHOOL, row["holder"].strip(), _plain(row["number"]))


def _of_a_person(row: Row, person: Person) -> Found:
    if row.get("kind") == AccountKind.SCHOOL:
        return Unclear(
            "kind",
            _("The account of a school needs the code of the school."),
            _("Write the code, or choose the card of the pupil or of a guardian."),
        )
    if not row.get("holder_id"):
        return Unclear(
            "holder_id",
            _("A card has a holder with an ID number."),
            _("Copy it from the card's holder; the bank compares it."),
        )
    own = row["holder"].strip() == person.name
    kind = row.get("kind") or (AccountKind.PUPIL_CARD if own else AccountKind.GUARDIAN_CARD)
    holder, number = row["holder"].strip(), _plain(row["number"])
    holder_id = ResidentId.parse(row["holder_id"]).number
    return Told(person.subject, person.path, kind, holder, number, holder_id)


def _plain(number: str) -> str:
    return number.replace(" ", "")


def _twice(sheet: Sheet, rows: list[tuple[int, Found]]) -> Iterator[Fault]:
    first: dict[tuple[str, str], int] = {}
    for n, one in rows:
        if isinstance(one, Told) and (earlier := first.setdefault(one.whose, n)) != n:
            message = _("Row %(earlier)s has an account for the same person or school already.")
            yield sheet.fault(n, "number", message, _("Leave the one that holds."), earlier=earlier)
