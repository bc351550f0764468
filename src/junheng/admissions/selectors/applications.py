"""Where the applications of a round stand: the figures of the board, and one side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count as Number
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.admissions.engine.verification import Code
from junheng.admissions.models import Application, Round, Verification
from junheng.evidence.facade import LOOKED_UP, Register

State = Application.State
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Board:
    """How many applications stand where.

    Attributes:
        applied: All that are not withdrawn.
        by_program, by_person: Of the checked ones, who checked them.
        states: How many by state.
    """

    applied: int
    by_program: int
    by_person: int
    states: dict[str, int]

    @property
    def zero_trips(self) -> int | None:
        """Whole percent of what the program has looked at that needs nobody else; None without any.

        Who waits for a reviewer, for the family, or was refused by a person counts against it.
        """
        with_somebody = sum(
            self.states[state] for state in (State.REVIEW, State.ASKED, State.REFUSED)
        )
        looked_at = self.by_program + self.by_person + with_somebody
        return round(100 * self.by_program / looked_at) if looked_at else None


@dataclass(frozen=True, slots=True)
class Count:
    """Applications of one zone in one state.

    Attributes:
        by_program, by_person: Who checked them, of those that are checked.
        week: How many of them came within the last seven days.
    """

    zone: str
    state: str
    applications: int
    by_program: int
    by_person: int
    week: int


def made_in(the_round: Round, within: QuerySet[Application] | None = None) -> QuerySet[Application]:
    """The applications that families made in a round, of those given; no roster is among them."""
    rows: QuerySet[Application] = Application.objects.all() if within is None else within
    return rows.filter(round=the_round).exclude(channel=Application.Channel.ROSTER)


def counted(rows: QuerySet[Application], now: datetime) -> list[Count]:
    """Where applications stand: the board and the leaders' page take their figures from here."""
    figures = (
        rows.order_by()
        .values_list("zone", "state")
        .annotate(
            n=Number("pk"),
            programs=Number("pk", filter=Q(state=State.PASSED, by_person=False)),
            persons=Number("pk", filter=Q(state=State.PASSED, by_person=True)),
            week=Number("pk", filter=Q(submitted_at__gte=now - WEEK)),
        )
    )
    return [Count(*row) for row in figures]


def board_from(counts: Sequence[Count]) -> Board:
    """The figures of the board."""
    states = dict.fromkeys(State.values, 0)
    for one in counts:
        states[one.state] += one.applications
    return Board(
        applied=sum(states.values()) - states[State.WITHDRAWN],
        by_program=sum(one.by_program for one in counts),
        by_person=sum(one.by_person for one in counts),
        states=states,
    )


def no_answer_from(the_round: Round, user: User) -> list[tuple[Register, int]]:
    """Registers that did not answer yet, with how many applications of a round wait for each."""
    seen = Application.objects.for_user(user).filter(round=the_round, state=State.CHECKING)
    newest = Verification.objects.filter(application=OuterRef("pk")).order_by("-id")
    rows = seen.annotate(last=newest.values("pk")[:1])
    counted = [
        (register, rows.filter(Exists(_waits_for(register))).count()) for register in LOOKED_UP
    ]
    return [(register, n) for register, n in counted if n]


def _waits_for(register: Register) -> QuerySet[Verification]:
    waits = [{"code": Code.WAITING.value, "figures": {"register": register.value}}]
    return Verification.objects.filter(pk=OuterRef("last"), reasons__contains=waits)


def board_of(the_round: Round, user: User) -> Board:
    """The board of a round, for the part of it that somebody sees."""
    seen = Application.objects.for_user(user)
    return board_from(counted(made_in(the_round, seen), timezone.now()))
