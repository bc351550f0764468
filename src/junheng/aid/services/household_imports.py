"""Registers of before and other departments' help, taken in as tables and undone as batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import (
    HEAD,
    FormerVillage,
    Household,
    HouseholdCode,
    HouseholdHelp,
    HouseholdMember,
    HouseholdStatus,
    OpeningRegister,
    VillageMerge,
)
from junheng.aid.models.statuses import REGISTERED_POOR
from junheng.aid.services.household_columns import (
    HELP,
    OF_A_HOUSEHOLD,
    REGISTER,
    Sheet,
    code_holds,
)
from junheng.aid.services.households import link_pupils
from junheng.commons.imports import CannotUndo, Importer, Target
from junheng.commons.models import ImportBatch
from junheng.commons.refusals import Refusal
from junheng.commons.sheets import Table, Values
from junheng.evidence.facade import number_index
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.money import Fen
from junheng.kernel.resident_id import ResidentId
from junheng.places.facade import Level, Place

Row = Mapping[str, Any]


class OneIsNotTwo(Refusal):
    """Whoever loaded a register does not sign it."""


class OfAPlace(Importer):
    """A table about the households of a county."""

    target_keys: ClassVar[tuple[str, ...]] = ("place",)

    def may(self, user: Any, target: Target) -> bool:
        place = place_of(target)
        return place is not None and may_keep(user, place.path)

    def path(self, target: Target) -> str:
        place = place_of(target)
        return place.path if place else ""

    def where(self, target: Target) -> str:
        place = place_of(target)
        return place.name if place else ""


def place_of(target: Target) -> Place | None:
    """The county that a table is about."""
    found: Place | None = Place.objects.filter(code=target.get("place", "")).first()
    return found


class RegisterImporter(OfAPlace):
    """A register of before: one row a person; it counts from the second person's signature on."""

    kind = "aid.household_register"
    title = gettext_lazy("Register of households of before")
    columns = REGISTER

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        sheet, numbered = Sheet(REGISTER, rows), list(zip(rows.numbers, values, strict=True))
        return [
            *_wrong_places(sheet, numbered, self.path(target)),
            *_wrong_people(sheet, numbered),
            *_wrong_statuses(sheet, numbered),
            *_wrong_households(sheet, numbered),
        ]

    def apply(self, values: Values, batch: ImportBatch) -> None:
        place = Place.objects.get(code=batch.target["place"])
        register = OpeningRegister.objects.create(
            place=place, document=batch.file_name, loaded_by_id=batch.by_id, batch=batch.pk
        )
        homes = _write_homes(values, batch)
        HouseholdMember.objects.bulk_create(
            [_member(homes[row["number"]], row) for row in values], batch_size=2_000
        )
        first = {row["number"]: row for row in reversed(list(values))}
        HouseholdStatus.objects.bulk_create(
            [_status(homes[number], row, register) for number, row in first.items()],
            batch_size=2_000,
        )
        link_pupils(place.path)

    def undo(self, batch: ImportBatch) -> None:
        register = OpeningRegister.objects.get(batch=batch.pk)
        if register.approved_at is not None:
            raise CannotUndo(gettext("This register was signed by a second person and counts."))
        homes = Household.objects.filter(batch=batch.pk)
        if FormerVillage.objects.filter(household__in=homes).exists():
            raise CannotUndo(gettext("The village of these households became part of another one."))
        if HouseholdHelp.objects.filter(household__in=homes).exists():
            raise CannotUndo(gettext("Help to one of these households is written down already."))
        register.statuses.all().delete()
        HouseholdMember.objects.filter(household__in=homes).delete()
        homes.delete()
        register.delete()


def sign(register: OpeningRegister, *, by: User) -> None:
    """The second person agrees to a register; it counts from now on and stays.

    Raises:
        OneIsNotTwo: For whoever loaded it, or when it was signed already.
    """
    with transaction.atomic():
        fresh = OpeningRegister.objects.select_for_update().get(pk=register.pk)
        if fresh.loaded_by_id == by.pk or fresh.approved_at is not None:
            raise OneIsNotTwo(gettext("Another person signs, once: not who loaded the register."))
        fresh.approved_by, fresh.approved_at = by, timezone.now()
        fresh.save(update_fields=["approved_by", "approved_at"])


def _wrong_places(sheet: Sheet, rows: Sequence[tuple[int, Row]], path: str) -> Iterator[Fault]:
    codes = {row["village"] for _n, row in rows}
    inside = Place.objects.filter(code__in=codes, level=Level.VILLAGE, path__startswith=path)
    known = set(inside.values_list("code", flat=True))
    merges = VillageMerge.objects.filter(village__code__in=codes)
    gone = dict(merges.values_list("village__code", "into__code"))
    unknown = _("There is no village %(code)s in this county.")
    merged = _("Village %(code)s is part of %(into)s now: write that one.")
    for n, row in rows:
        code = row["village"]
        if code in gone:
            yield sheet.fault(n, "village", merged, code=code, into=gone[code])
        elif code not in known:
            yield sheet.fault(n, "village", unknown, code=code)


def _wrong_people(sheet: Sheet, rows: Sequence[tuple[int, Row]]) -> list[Fault]:
    keys = {n: number_index(row["resident_id"]) for n, row in rows if row.get("resident_id")}
    there = HouseholdMember.objects.filter(resident_id_key__in=keys.values(), valid_to=None)
    taken, found = set(there.values_list("resident_id_key", flat=True)), []
    message = _("Somebody with this resident ID number is in a household already.")
    for n, key in keys.items():
        if key in taken:
            found.append(sheet.fault(n, "resident_id", message))
        taken.add(key)
    return found


def _wrong_statuses(sheet: Sheet, rows: Sequence[tuple[int, Row]]) -> list[Fault]:
    known, found = list(HouseholdCode.objects.all()), []
    late = _("It cannot end before it begins, nor begin in days to come.")
    for n, row in rows:
        day, end = row["valid_from"], row.get("valid_to")
        if day > timezone.localdate() or (end and end <= day):
            found.append(sheet.fault(n, "valid_from", late))
        if row["kind"] == REGISTERED_POOR and not (row.get("work_class") and row.get("cause")):
            message = _("A registered poor household has a class and a cause.")
            found.append(sheet.fault(n, "kind", message))
        category = row.get("category")
        if category and not code_holds("category", category, row["kind"], day, known):
            message = _("This category did not hold for this status on that day.")
            found.append(sheet.fault(n, "category", message))
    return found


def _wrong_households(sheet: Sheet, rows: Sequence[tuple[int, Row]]) -> list[Fault]:
    numbers = {row["number"] for _n, row in rows}
    there = set(Household.objects.filter(number__in=numbers).values_list("number", flat=True))
    heads: dict[str, int] = dict.fromkeys(numbers, 0)
    first: dict[str, tuple[int, Row]] = {}
    found = []
    for n, row in rows:
        number = row["number"]
        heads[number] += row["relation"] == HEAD
        _first_row, known = first.setdefault(number, (n, row))
        if number in there:
            message = _("The household %(number)s is there already.")
            found.append(sheet.fault(n, "number", message, number=number))
        if any(row.get(name) != known.get(name) for name in OF_A_HOUSEHOLD):
            message = _("What is said of the household differs from its first row.")
            found.append(sheet.fault(n, "number", message))
    message = _("A household has one head (relation 02); this one has %(heads)s.")
    return found + [
        sheet.fault(first[number][0], "relation", message, heads=count)
        for number, count in heads.items()
        if count != 1
    ]


def _write_homes(values: Values, batch: ImportBatch) -> dict[str, Household]:
    villages = {row["number"]: row["village"] for row in values}
    places = {place.code: place for place in Place.objects.filter(code__in=villages.values())}
    homes = {
        number: Household(
            number=number,
            village=places[code],
            entered_on=timezone.localdate(),
            entered_by_id=batch.by_id,
            batch=batch.pk,
        )
        for number, code in villages.items()
    }
    Household.objects.bulk_create(homes.values(), batch_size=2_000)
    return homes


def _member(home: Household, row: Row) -> HouseholdMember:
    told = row.get("resident_id")
    number = ResidentId.parse(told) if told else None
    return HouseholdMember(
        household=home,
        relation=row["relation"],
        name=row["name"],
        resident_id=number.number if number else None,
        resident_id_key=number_index(number.number) if number else "",
        sex=number.sex.value if number else "",
        born_on=number.birth_date if number else None,
        able_to_work=row.get("able_to_work"),
    )


def _status(home: Household, row: Row, register: OpeningRegister) -> HouseholdStatus:
    return HouseholdStatus(
        household=home,
        kind=row["kind"],
        category=row.get("category") or "",
        work_class=row.get("work_class") or "",
        cause=row.get("cause") or "",
        begun="identified",
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        opening=register,
    )


class HelpImporter(OfAPlace):
    """What another department did for households, or refused in writing."""

    kind = "aid.household_help"
    title = gettext_lazy("Help of other departments")
    columns = HELP

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        sheet, numbered = Sheet(HELP, rows), list(zip(rows.numbers, values, strict=True))
        inside = Household.objects.below(self.path(target))
        numbers = {row["number"] for row in values}
        known = set(inside.filter(number__in=numbers).values_list("number", flat=True))
        message = _("There is no household %(number)s in this county.")
        found = [
            sheet.fault(n, "number", message, number=row["number"])
            for n, row in numbered
            if row["number"] not in known
        ]
        return found + [one for n, row in numbered for one in _wrong_help(sheet, n, row)]

    def apply(self, values: Values, batch: ImportBatch) -> None:
        numbers = {row["number"] for row in values}
        homes = {home.number: home for home in Household.objects.filter(number__in=numbers)}
        HouseholdHelp.objects.bulk_create(
            [_help(homes[row["number"]], row, batch) for row in values], batch_size=2_000
        )

    def undo(self, batch: ImportBatch) -> None:
        HouseholdHelp.objects.filter(batch=batch.pk).delete()


def _wrong_help(sheet: Sheet, n: int, row: Row) -> list[Fault]:
    found = []
    if row["state"] == "refused" and not (row.get("reason") and row.get("paper")):
        message = _("A refusal has its reason and the paper that says so.")
        found.append(sheet.fault(n, "state", message))
    if row["state"] != "refused" and row.get("reason"):
        found.append(sheet.fault(n, "reason", _("Only a refusal has a reason.")))
    if row["state"] == "refused" and row.get("yuan"):
        found.append(sheet.fault(n, "yuan", _("What was refused has no amount.")))
    if row["state"] == "screened" and row["kind"] != "chronic":
        message = _("Only a chronic illness is screened.")
        found.append(sheet.fault(n, "state", message))
    if row["on"] > timezone.localdate():
        found.append(sheet.fault(n, "on", _("That day has not come yet.")))
    return found


def _help(home: Household, row: Row, batch: ImportBatch) -> HouseholdHelp:
    return HouseholdHelp(
        household=home,
        kind=row["kind"],
        state=row["state"],
        on=row["on"],
        times=row.get("times") or 1,
        fen=Fen.parse(row["yuan"]).amount if row.get("yuan") else None,
        department=row["department"],
        reason=row.get("reason") or "",
        paper=row.get("paper") or "",
        batch=batch.pk,
        entered_by_id=batch.by_id,
    )


IMPORTERS = (RegisterImporter, HelpImporter)
