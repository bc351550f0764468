"""Help of other departments, summed by village or township, with its refusals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from junheng.accounts.facade import User
from junheng.aid.models import HelpKind, HelpState, HouseholdHelp, OpeningRegister
from junheng.kernel.money import Fen


@dataclass(frozen=True, slots=True)
class HelpSum:
    """One kind of help in one place.

    Attributes:
        place, code: Where; the code leads to its book.
        households: How many different households it was for.
        times: How often it was given.
        amount: Together; only what was given has an amount.
        screened, refused: How many entries say so.
    """

    place: str
    code: str
    kind: str
    households: int
    times: int
    amount: Fen
    screened: int
    refused: int


def helps_of(user: User, *, year: int, by_township: bool) -> list[HelpSum]:
    """What was done in a year, by kind and the place of that day, for those that somebody sees."""
    above = "__parent" if by_township else ""
    place = {
        name: Coalesce(f"formerly__village{above}__{name}", f"household__village{above}__{name}")
        for name in ("name", "code")
    }
    given = Q(state=HelpState.GIVEN)
    rows = HouseholdHelp.objects.for_user(user).lying(F("on"))
    rows = rows.filter(on__gte=date(year, 1, 1), on__lt=date(year + 1, 1, 1)).annotate(**place)
    sums = rows.order_by("code", "kind").values_list("name", "code", "kind")
    labels = dict(HelpKind.choices)
    return [
        HelpSum(name, code, str(labels[kind]), homes, times or 0, Fen(fen or 0), screened, refused)
        for name, code, kind, homes, times, fen, screened, refused in sums.annotate(
            homes=Count("household", filter=given, distinct=True),
            n_times=Sum("times", filter=given),
            sum_fen=Sum("fen", filter=given),
            screened=Count("pk", filter=Q(state=HelpState.SCREENED)),
            refused=Count("pk", filter=Q(state=HelpState.REFUSED)),
        )
    ]


def registers_waiting(user: User) -> QuerySet[OpeningRegister]:
    """Registers of before that wait for their second person."""
    rows: QuerySet[OpeningRegister] = OpeningRegister.objects.for_user(user)
    return (
        rows.filter(approved_at=None)
        .select_related("loaded_by")
        .annotate(entries=Count("statuses"))
    )
