"""Funds, donors and loans: for the aid officer in full, for everybody as sums."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from junheng.accounts.facade import Visitor, scope_q
from junheng.aid.access import SEES_PAYMENTS
from junheng.aid.engine.small_sums import Cell, Told, told
from junheng.aid.models import Donation, EducationFund, EducationLoan, Grant


def funds_of(user: Visitor) -> QuerySet[EducationFund]:
    """The funds that somebody sees."""
    rows = EducationFund.objects.filter(scope_q(user, "path", SEES_PAYMENTS))
    return rows.select_related("place").order_by("name")


def loans_of(user: Visitor) -> QuerySet[EducationLoan]:
    """The student loans that somebody sees, the newest first."""
    rows = EducationLoan.objects.filter(scope_q(user, "path", SEES_PAYMENTS))
    return rows.order_by("-on", "-id")


def left_in(fund: EducationFund) -> int:
    """What of a fund is for no purpose yet and not granted, in fen."""
    free = fund.donations.filter(purpose="").aggregate(sum=Sum("fen"))["sum"] or 0
    gone = fund.grants.filter(donation=None).aggregate(sum=Sum("fen"))["sum"] or 0
    return int(free) - int(gone)


def left_of(donation: Donation) -> int:
    """What of a designated donation is not granted yet, in fen."""
    return donation.fen - int(donation.grants.aggregate(sum=Sum("fen"))["sum"] or 0)


@dataclass(frozen=True, slots=True)
class Donor:
    """A donor in public; the name is "" for those who do not want to be named.

    Attributes:
        name: As given.
        fen: All that was given to the fund, in fen.
        purposes: What gifts are designated for.
    """

    name: str
    fen: int
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicFund:
    """A fund in public: what came in, from whom, and what went out to how many."""

    name: str
    place: str
    given: int
    donors: tuple[Donor, ...]
    granted: Told


def public_funds() -> list[PublicFund]:
    """All funds, as everybody may read of them."""
    funds = EducationFund.objects.select_related("place").order_by("place__code", "name")
    return [_public(fund) for fund in funds.prefetch_related("donations", "grants")]


def _public(fund: EducationFund) -> PublicFund:
    gifts, grants = list(fund.donations.all()), list(fund.grants.all())
    names = dict.fromkeys("" if gift.anonymous else gift.donor for gift in gifts)
    donors = [_donor(name, [g for g in gifts if _shown(g) == name]) for name in names]
    return PublicFund(
        name=fund.name,
        place=fund.place.name,
        given=sum(gift.fen for gift in gifts),
        donors=tuple(sorted(donors, key=lambda donor: (-donor.fen, donor.name))),
        granted=told(Cell(one.purpose, one.heads, one.fen) for one in sorted(grants, key=_by_day)),
    )


def _shown(gift: Donation) -> str:
    return "" if gift.anonymous else gift.donor


def _by_day(grant: Grant) -> tuple[str, int]:
    return grant.on.isoformat(), grant.pk


def _donor(name: str, gifts: list[Donation]) -> Donor:
    purposes = dict.fromkeys(gift.purpose for gift in gifts if gift.purpose)
    return Donor(name, sum(gift.fen for gift in gifts), tuple(purposes))


def public_loans() -> Told:
    """Loans by year, as everybody may read of them."""
    by_year = EducationLoan.objects.order_by("-year").values("year")
    rows = by_year.annotate(n=Count("pk"), sum=Sum("fen")).values_list("year", "n", "sum")
    return told(Cell(str(year), n, fen) for year, n, fen in rows)
