"""How far verification by shared data has come, county by county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from junheng.accounts.facade import User, paths_of
from junheng.admissions.models import Round
from junheng.admissions.models.querysets import COUNTY
from junheng.admissions.selectors.applications import Board, board_from, counted, made_in
from junheng.admissions.selectors.rounds import round_title
from junheng.evidence.facade import LOOKED_UP, Register, connected
from junheng.places.facade import Level, Place

ASKED = tuple(one for one in LOOKED_UP if one is not Register.ENROLMENT)
"""The registers that an application is compared with."""
AIMS = ((6, 30, 0.8), (8, 31, 1.0))
"""Month, day, and the share of counties that is to work so by then.

Source: requirement ADM-3 (80 % by June, all by August).
"""


@dataclass(frozen=True, slots=True)
class CountyRow:
    """A county.

    Attributes:
        connected: Registers that can be asked there.
        missing: Those that cannot.
        round: Title of the newest round in which families apply themselves; blank for none.
        pk: Its number, None for none.
        board: Where its applications stand.
    """

    name: str
    connected: tuple[Register, ...]
    missing: tuple[Register, ...]
    round: str
    pk: int | None
    board: Board

    @property
    def works(self) -> bool:
        """Whether families apply there and registers are asked about them."""
        return self.pk is not None and bool(self.connected)


@dataclass(frozen=True, slots=True)
class RollOut:
    """All counties of somebody's part of the tree, by code; `aims` are day and share."""

    counties: tuple[CountyRow, ...]
    aims: tuple[tuple[date, float], ...]

    @property
    def working(self) -> int:
        """In how many of them it works."""
        return sum(row.works for row in self.counties)

    @property
    def share(self) -> float | None:
        """Of all counties, 0 to 1; None without any."""
        return self.working / len(self.counties) if self.counties else None


def roll_out(user: User, now: datetime | None = None) -> RollOut:
    """How far the counties are that somebody sees as a whole."""
    moment = now or timezone.now()
    places: dict[int, Place] = {}
    for path in paths_of(user, COUNTY):
        found = Place.objects.current().filter(level=Level.COUNTY, path__startswith=path)
        places |= {place.pk: place for place in found}
    rows = sorted(places.values(), key=lambda place: place.code)
    year = timezone.localdate(moment).year
    return RollOut(
        counties=tuple(_row(place, moment) for place in rows),
        aims=tuple((date(year, month, day), share) for month, day, share in AIMS),
    )


def _row(place: Place, now: datetime) -> CountyRow:
    held = connected(place.path)
    newest = _newest(place)
    return CountyRow(
        name=place.name,
        connected=tuple(one for one in ASKED if one in held),
        missing=tuple(one for one in ASKED if one not in held),
        round=round_title(newest) if newest else "",
        pk=newest.pk if newest else None,
        board=board_from(counted(made_in(newest), now) if newest else ()),
    )


def _newest(place: Place) -> Round | None:
    """The newest round that was opened for families and has rules for what they state."""
    rows = Round.objects.public().filter(place=place, verification_rules__isnull=False)
    found: Round | None = rows.filter(second_of=None).order_by("-year", "-pk").first()
    return found
