"""The list of papers as officers and families read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from junheng.admissions.models import Case, Duty, Material, MaterialList, Round, RoundContact
from junheng.admissions.models.materials import STANDARD_MATTERS
from junheng.evidence.facade import Register


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A paper on a list.

    Attributes:
        basis: Law or regulation, its number and clause, as one line.
        register: The register from which the bureau fetches it; blank where families bring it.
        changed_duty: What it would have to be by the registers connected now; "" if it fits.
        needs: What has to be proved to get it, in words.
    """

    pk: int
    name: str
    matter: str
    case: int
    case_name: str
    duty: str
    duty_name: str
    basis: str
    format: str
    sample: str
    register: str
    changed_duty: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One version of the list."""

    version: int
    reason: str
    fixed_at: datetime | None
    rows: tuple[MaterialRow, ...]

    @property
    def by_case(self) -> list[tuple[str, list[MaterialRow]]]:
        """The papers by whom they are asked of, everybody's first."""
        cases: dict[str, list[MaterialRow]] = {}
        for row in self.rows:
            cases.setdefault(row.case_name, []).append(row)
        return list(cases.items())


def lists_of(the_round: Round, registers: Iterable[str] = ()) -> list[ListRow]:
    """Every version of a round's list, newest first, in two queries."""
    lists = MaterialList.objects.filter(round=the_round).order_by("-version")
    return [_list(each, set(registers)) for each in lists.prefetch_related("materials__matter")]


def published_list(the_round: Round) -> ListRow | None:
    """The list that holds now, None before the round is opened or where there never was one."""
    fixed = MaterialList.objects.filter(round=the_round, fixed_at__isnull=False)
    newest = fixed.order_by("-version").prefetch_related("materials__matter").first()
    return _list(newest, set()) if newest else None


def papers_proving(the_round: Round, matters: Iterable[str]) -> list[tuple[str, str]]:
    """Name and sample of the papers on the published list that prove one of these matters.

    Also those that the bureau fetches itself: asked for is what no register had.
    """
    fixed = MaterialList.objects.filter(round=the_round, fixed_at__isnull=False)
    newest = fixed.order_by("-version").values("pk")[:1]
    rows = Material.objects.filter(list=newest, matter__code__in=list(matters))
    found: dict[str, str] = {}
    for name, sample in rows.order_by("matter", "case", "pk").values_list("name", "sample"):
        found.setdefault(name, sample)
    return list(found.items())


def published_reasons(the_round: Round) -> list[tuple[int, datetime, str]]:
    """Version, moment and reason of every published list, newest first."""
    fixed = MaterialList.objects.filter(round=the_round, fixed_at__isnull=False)
    rows = fixed.order_by("-version").values_list("version", "fixed_at", "reason")
    return [(version, at, why) for version, at, why in rows if at is not None]


def _list(row: MaterialList, registers: set[str]) -> ListRow:
    rows = tuple(
        _material(each, row.connected, registers)
        for each in sorted(row.materials.all(), key=lambda one: (one.case, one.pk))
    )
    return ListRow(row.version, row.reason, row.fixed_at, rows)


def _material(row: Material, connected: list[str], now: set[str]) -> MaterialRow:
    held = [code for code in row.matter.registers if code in connected]
    fetched = row.duty == Duty.FETCHED
    return MaterialRow(
        pk=row.pk,
        name=row.name,
        matter=str(row.matter),
        case=row.case,
        case_name=str(Case(row.case).label),
        duty=row.duty,
        duty_name=str(Duty(row.duty).label),
        basis=" ".join((row.basis_document, row.basis_number, row.basis_clause)),
        format=row.format,
        sample=row.sample,
        register=str(Register(held[0]).label) if fetched and held else "",
        changed_duty=_changed(row, now),
        needs=gettext(", ").join(_named(code) for code in row.needs),
    )


def _named(code: str) -> str:
    """What a matter of the program is called; a bureau's own by its code."""
    return str(STANDARD_MATTERS.get(code, code))


def _changed(row: Material, now: set[str]) -> str:
    held = bool(now & set(row.matter.registers))
    if held and row.duty != Duty.FETCHED:
        return Duty.FETCHED.value
    return Duty.BRING.value if not held and row.duty == Duty.FETCHED and now else ""


def sample_is_public(sha256: str) -> bool:
    """Whether a sample stands on a list that was published."""
    published = Material.objects.filter(sample=sha256, list__fixed_at__isnull=False)
    return published.exists()


def contact_of(the_round: Round) -> RoundContact | None:
    """Telephones and counters of a round."""
    found: RoundContact | None = RoundContact.objects.filter(pk=the_round.pk).first()
    return found


def as_wanted(row: Material) -> dict[str, Any]:
    """A paper as its form has it."""
    basis = ("basis_document", "basis_number", "basis_clause")
    names = ("case", "name", "duty", *basis, "format", "needs")
    return {"matter": row.matter_id, **{name: getattr(row, name) for name in names}}
