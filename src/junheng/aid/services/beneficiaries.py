"""Beneficiaries come in as a table or one by hand, by the same checks; and leave on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import Beneficiary, BeneficiaryStage, FormerPayment, PaymentLine
from junheng.aid.services.batches import require_post
from junheng.aid.services.beneficiary_columns import COLUMNS
from junheng.aid.services.household_columns import Sheet
from junheng.aid.services.household_imports import OfAPlace
from junheng.commons.history import reason
from junheng.commons.imports import CannotUndo, Target
from junheng.commons.models import ImportBatch
from junheng.commons.refusals import Refusal
from junheng.commons.sheets import Table, Values
from junheng.evidence.facade import number_index
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.money import Fen
from junheng.kernel.resident_id import ResidentId
from junheng.places.facade import Level, Organisation, Place
from junheng.registry.facade import on_roll

Row = Mapping[str, Any]
Wrong = tuple[int, str, str, dict[str, str]]
"""Number of the row, column, message, and the figures in it."""
TOLD = ("private", "boarder", "disabled", "orphan", "striving_class", "skills_certificate")

MAY_BE_MISSING = (*TOLD, "fee_fen")
NOT_OF_A_CHILD = frozenset({"striving_class", "skills_certificate"})


class NotSo(Refusal):
    """What was typed of somebody cannot be."""


def key_of_beneficiary(row: Any) -> str:
    """The blind key of somebody's number, as registers have it; "" for none."""
    return number_index(str(row.resident_id)) if row.resident_id else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already, for the rows of a table."""

    schools: Mapping[str, Organisation]
    townships: Mapping[str, Place]
    pupils: frozenset[str]
    spans: Mapping[str, list[tuple[date, date | None]]]


def known_to(rows: Iterable[Row], path: str) -> Known:
    """Look up everything that rows name, within a county."""
    rows = list(rows)
    schools = Organisation.objects.filter(
        code__in={row.get("school_code") for row in rows} - {None, ""}, path__startswith=path
    )
    townships = Place.objects.filter(
        code__in={row.get("township") for row in rows} - {None, ""},
        level=Level.TOWNSHIP,
        path__startswith=path,
    )
    keys = {number_index(row["resident_id"]) for row in rows if row.get("resident_id")}
    spans: dict[str, list[tuple[date, date | None]]] = {}
    there = Beneficiary.objects.filter(resident_id_key__in=keys)
    for key, start, end in there.values_list("resident_id_key", "valid_from", "valid_to"):
        spans.setdefault(key, []).append((start, end))
    return Known(
        {one.code: one for one in schools},
        {one.code: one for one in townships.defer("outline")},
        on_roll(keys),
        spans,
    )


def wrong(rows: Iterable[tuple[int, Row]], known: Known) -> Iterator[Wrong]:
    """What is wrong with rows, beside what the columns tell by themselves."""
    spans = {key: list(several) for key, several in known.spans.items()}
    for n, row in rows:
        yield from _wrong_place(n, row, known)
        yield from _wrong_words(n, row)
        yield from _wrong_number(n, row, known, spans)


def _wrong_place(n: int, row: Row, known: Known) -> Iterator[Wrong]:
    school, township = row.get("school_code"), row.get("township")
    if school and school not in known.schools:
        message = _("There is no school %(code)s in this county.")
        yield n, "school_code", message, {"code": school}
    if township and township not in known.townships:
        message = _("There is no township %(code)s in this county.")
        yield n, "township", message, {"code": township}
    if not school and not row.get("institution"):
        yield n, "institution", _("Write the institution, or the code of a school."), {}


def _wrong_words(n: int, row: Row) -> Iterator[Wrong]:
    start, end, born = row["valid_from"], row.get("valid_to"), _born_on(row)
    if end and end <= start:
        yield n, "valid_to", _("It would end before it begins."), {}
    if born and born >= start:
        yield n, "valid_from", _("That is before the birthday."), {}
    if row.get("degree") and row["stage"] != "higher":
        yield n, "degree", _("Only higher education has a degree course."), {}
    number = row.get("resident_id")
    if number and row.get("born_on") not in (None, ResidentId.parse(number).birth_date):
        yield n, "born_on", _("The ID number has another birthday."), {}
    if number and row.get("sex") not in (None, "", ResidentId.parse(number).sex.value):
        yield n, "sex", _("The ID number is of the other sex."), {}


def _wrong_number(
    n: int, row: Row, known: Known, spans: dict[str, list[tuple[date, date | None]]]
) -> Iterator[Wrong]:
    key = number_index(row["resident_id"]) if row.get("resident_id") else ""
    if not key:
        return
    if key in known.pupils:
        message = _("Somebody with this number is a pupil of grades 1 to 9 now.")
        yield n, "resident_id", message, {}
    start, end = row["valid_from"], row.get("valid_to")
    several = spans.setdefault(key, [])
    if any((t is None or start < t) and (end is None or f < end) for f, t in several):
        message = _("Somebody with this number is entered for these days already.")
        yield n, "resident_id", message, {}
    several.append((start, end))


def _born_on(row: Row) -> date | None:
    number = row.get("resident_id")
    told: date | None = row.get("born_on")
    return told or (ResidentId.parse(number).birth_date if number else None)


def made_of(
    row: Row, known: Known, county: Place, *, by: int, batch: UUID | None = None
) -> Beneficiary:
    """Somebody as a row says it; not stored yet."""
    school = known.schools.get(row.get("school_code") or "")
    place = known.townships.get(row.get("township") or "", county)
    if school and not school.path.startswith(place.path):
        place = county
    number = ResidentId.parse(row["resident_id"]) if row.get("resident_id") else None
    return Beneficiary(
        name=row["name"],
        resident_id=number.number if number else None,
        resident_id_key=number_index(number.number) if number else "",
        sex=row.get("sex") or (number.sex.value if number else ""),
        born_on=_born_on(row),
        stage=row["stage"],
        institution=row.get("institution") or (school.name if school else ""),
        organisation=school,
        place=place,
        path=(school or place).path,
        degree=row.get("degree") or "",
        fee_fen=Fen.parse(row["fee"]).amount if row.get("fee") else None,
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        batch=batch,
        entered_by_id=by,
        **{name: row.get(name) for name in TOLD},
    )


class BeneficiaryImporter(OfAPlace):
    """One row is one person at one stage."""

    kind = "aid.beneficiaries"
    title = gettext_lazy("People outside grades 1 to 9")
    columns = COLUMNS
    most_rows: ClassVar[int] = 100_000

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        sheet, known = Sheet(COLUMNS, rows), known_to(values, self.path(target))
        return [
            sheet.fault(n, column, message, **figures)
            for n, column, message, figures in wrong(zip(rows.numbers, values, strict=True), known)
        ]

    def apply(self, values: Values, batch: ImportBatch) -> None:
        county = Place.objects.get(code=batch.target["place"])
        known = known_to(values, county.path)
        Beneficiary.objects.bulk_create(
            [made_of(row, known, county, by=batch.by_id, batch=batch.pk) for row in values],
            batch_size=2_000,
        )

    def undo(self, batch: ImportBatch) -> None:
        rows = Beneficiary.objects.filter(batch=batch.pk)
        subjects = [str(pk) for pk in rows.values_list("pk", flat=True)]
        for table in (PaymentLine, FormerPayment):
            if table._default_manager.filter(subject__in=subjects).exists():
                raise CannotUndo(gettext("Somebody of this table is on a payment line already."))
        rows.delete()


def enter(county: Place, row: Row, *, by: User) -> Beneficiary:
    """Write one person down by hand.

    Args:
        county: Of whom.
        row: As a row of the table says it, by the names of its columns.
        by: The aid officer.

    Raises:
        NotSo: If something cannot be; it says all of it.
        NotTheirPost: If somebody keeps nothing there.
    """
    require_post(may=may_keep(by, county.path))
    with transaction.atomic():
        Place.objects.select_for_update().get(pk=county.pk)
        known = known_to([row], county.path)
        found = [
            gettext(message) % figures for _n, _c, message, figures in wrong([(1, row)], known)
        ]
        if found:
            raise NotSo(" ".join(found))
        somebody = made_of(row, known, county, by=by.pk)
        somebody.save()
    return somebody


def gaps_of(somebody: Beneficiary) -> tuple[str, ...]:
    """What nobody told of somebody so far and can be told later."""
    child = somebody.stage == BeneficiaryStage.KINDERGARTEN
    asked = [name for name in MAY_BE_MISSING if not (child and name in NOT_OF_A_CHILD)]
    return tuple(name for name in asked if getattr(somebody, name) is None)


def tell(somebody: Beneficiary, told: Row, paper: str, *, by: User) -> None:
    """Say what nobody had told of somebody; what was told stays as it is.

    Args:
        somebody: Who is there.
        told: By the names of columns; None is still not known.
        paper: What it rests on; it stands in the history.
        by: The aid officer.

    Raises:
        NotSo: If nothing is said, or something was told already.
        NotTheirPost: If somebody keeps nothing there.
    """
    require_post(may=may_keep(by, somebody.place.path))
    said = {name: value for name, value in told.items() if value is not None}
    if not said:
        raise NotSo(gettext("Nothing was said that was not known."))
    with transaction.atomic(), reason(paper):
        row = Beneficiary.objects.select_for_update().get(pk=somebody.pk)
        if not set(said) <= set(gaps_of(row)):
            raise NotSo(gettext("This was told meanwhile and stays as it is."))
        for name, value in said.items():
            setattr(row, name, value)
        row.save(update_fields=[*said])


def end(somebody: Beneficiary, on: date, *, by: User) -> None:
    """Say from which day on somebody is not there any more; once.

    Raises:
        NotSo: If it ended already, or would end before it began.
        NotTheirPost: If somebody keeps nothing there.
    """
    require_post(may=may_keep(by, somebody.place.path))
    with transaction.atomic():
        row = Beneficiary.objects.select_for_update().get(pk=somebody.pk)
        if row.valid_to is not None:
            raise NotSo(gettext("This ended already."))
        if on <= row.valid_from:
            raise NotSo(gettext("It would end before it begins."))
        row.valid_to = on
        row.save(update_fields=["valid_to"])
