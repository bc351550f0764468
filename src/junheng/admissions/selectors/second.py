"""What a round leaves over for a second one: seats by school, and children without a seat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.admissions.models import (
    Application,
    PlannedIntake,
    Round,
    RoundRun,
    SeatDecision,
    SeatOffer,
)
from junheng.admissions.selectors.seats import rooms_of, undecided

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a school's seats, with the working.

    Attributes:
        code, name, township: Which school.
        seats: Planned in the first round.
        taken: Held now.
        offered: Open offers of waiting lists.
    """

    code: str
    name: str
    township: str
    seats: int
    taken: int
    offered: int

    @property
    def left(self) -> int:
        """Seats for a second round; a school that is over its plan has none."""
        return max(0, self.seats - self.taken - self.offered)


def seats_left(record: RoundRun) -> list[Left]:
    """What a published round leaves over now, by township and school; four queries."""
    schools = list(record.input.schools.order_by("township", "code"))
    rooms = rooms_of(record, schools)
    open_offers = SeatOffer.objects.filter(
        round=record.round_id, state=SeatOffer.State.OFFERED, until__gte=timezone.now()
    )
    offered = Counter(open_offers.values_list("school", flat=True))
    return [
        Left(
            one.code,
            one.name or one.code,
            one.township,
            one.seats,
            rooms[one.pk].taken,
            offered[one.pk],
        )
        for one in schools
    ]


def without_seat(record: RoundRun) -> QuerySet[Application]:
    """Checked applications of a published round whose children hold no seat now."""
    later = SeatDecision.objects.newest().filter(round=record.round_id, school__isnull=False)
    placed = undecided(record).filter(school__isnull=False)
    rows: QuerySet[Application] = Application.objects.filter(
        round=record.round_id, state=Application.State.PASSED
    )
    return rows.exclude(Q(code__in=placed.values("code")) | Q(pk__in=later.values("application")))


def second_of(the_round: Round) -> Round | None:
    """The second round that follows a round, if there is one."""
    found: Round | None = (
        Round.objects.filter(second_of=the_round.pk).select_related("place").first()
    )
    return found


def schools_with_seats(the_round: Round) -> tuple[Choice, ...]:
    """Schools of a plan that have seats, with their number, by township and name."""
    rows = PlannedIntake.objects.filter(round=the_round, seats__gt=0)
    drawing = the_round.rules.get("by_lottery", ())
    return tuple(
        (code, _called(name or code, seats, by_lottery=code in drawing))
        for code, name, seats in rows.order_by("township", "name", "code").values_list(
            "code", "name", "seats"
        )
    )


def _called(name: str, seats: int, *, by_lottery: bool) -> str:
    return f"{_('%s (by lottery)') % name if by_lottery else name} ({seats})"


def spoken_for(the_round: Round) -> dict[str, int]:
    """Seats by school that an opened second round gives out, which waiting lists leave alone."""
    plan = PlannedIntake.objects.filter(round__second_of=the_round.pk)
    return dict(plan.exclude(round__state=Round.State.PLANNED).values_list("code", "seats"))


def carried(application: Application) -> Application | None:
    """The application of the second round that was made of one of the first and is held."""
    rows = Application.objects.filter(carried_from=application.pk)
    found: Application | None = (
        rows.exclude(state=Application.State.WITHDRAWN).select_related("round__place").first()
    )
    return found
