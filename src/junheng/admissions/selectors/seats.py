"""Where children hold seats now: the published result and what was decided since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from junheng.accounts.facade import Visitor
from junheng.admissions.models import (
    Application,
    Attendance,
    Placement,
    RoundDate,
    RoundRun,
    RoundSchool,
    SeatDecision,
)
from junheng.registry.facade import CLASS_CAP


@dataclass(frozen=True, slots=True)
class Room:
    """How full a school is; seats.

    Attributes:
        taken: Held now.
        seats: As planned.
        cap: The most that the class cap allows.
    """

    taken: int
    seats: int
    cap: int

    @property
    def free(self) -> int:
        """Planned seats that nobody holds."""
        return max(0, self.seats - self.taken)


def room_at(record: RoundRun, school: RoundSchool) -> Room:
    """How full one school is now; two queries."""
    return rooms_of(record, [school])[school.pk]


def rooms_of(record: RoundRun, schools: Iterable[RoundSchool]) -> dict[int, Room]:
    """How full schools are now, by key; two queries."""
    wanted = list(schools)
    taken: Counter[int] = Counter(
        undecided(record).filter(school__in=wanted).values_list("school", flat=True)
    )
    newest = SeatDecision.objects.newest().filter(round=record.round_id, school__in=wanted)
    taken.update(newest.values_list("school", flat=True))
    return {one.pk: Room(taken[one.pk], one.seats, cap_of(one)) for one in wanted}


def cap_of(school: RoundSchool) -> int:
    """The most children that a school's new classes take: never above the class cap."""
    size: int = min(school.class_cap, CLASS_CAP)
    return int(school.classes * size - school.continuing - school.reserved)


def undecided(record: RoundRun) -> QuerySet[Placement]:
    """Placements that still hold, since nothing was decided about the child."""
    decided = SeatDecision.objects.filter(round=record.round_id, application__code=OuterRef("code"))
    rows: QuerySet[Placement] = Placement.objects.filter(run=record)
    return rows.filter(~Exists(decided))


def holders(record: RoundRun, school_code: str) -> QuerySet[Application]:
    """The applications of the children who hold a seat at a school now."""
    decisions = SeatDecision.objects.newest().filter(round=record.round_id)
    placed = undecided(record).filter(school__code=school_code)
    later = decisions.filter(school__code=school_code)
    rows: QuerySet[Application] = Application.objects.filter(round=record.round_id).exclude(
        state=Application.State.WITHDRAWN
    )
    return rows.filter(Q(code__in=placed.values("code")) | Q(pk__in=later.values("application")))


def absentees(record: RoundRun) -> QuerySet[Application]:
    """Children who hold a seat and neither came to check in nor are excused.

    Who got its seat after the end of check-in could not come in time, so it is none of them.
    """
    end = RoundDate.objects.filter(round=record.round_id, what=RoundDate.What.CHECK_IN)
    later = SeatDecision.objects.newest().filter(
        round=record.round_id, school__isnull=False, at__lte=Subquery(end.values("ends_at"))
    )
    placed = undecided(record).filter(school__isnull=False)
    rows: QuerySet[Application] = Application.objects.filter(
        round=record.round_id, attendance=None
    ).exclude(state=Application.State.WITHDRAWN)
    return rows.filter(Q(code__in=placed.values("code")) | Q(pk__in=later.values("application")))


def attended(record: RoundRun, user: Visitor) -> dict[tuple[int, str], int]:
    """How many were ticked, by the school where they hold a seat and by state; one query."""
    decisions = SeatDecision.objects.newest().filter(application=OuterRef("application"))
    placed = Placement.objects.filter(run=record, code=OuterRef("application__code"))
    rows = Attendance.objects.for_user(user).filter(round=record.round_id)
    held = Coalesce(Subquery(decisions.values("school")[:1]), Subquery(placed.values("school")[:1]))
    counted = rows.annotate(held=held).order_by().values_list("held", "state")
    return {(school, state): n for school, state, n in counted.annotate(n=Count("pk"))}
