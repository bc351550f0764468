"""Where the applications of a round stand: the figures of the board, and one side by side."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from junheng.accounts.facade import User
from junheng.admissions.models import Application, Round

State = Application.State


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


def board_of(the_round: Round, user: User) -> Board:
    """The board of a round, for the part of it that somebody sees."""
    rows = Application.objects.for_user(user).filter(round=the_round)
    counted = (
        rows.exclude(channel=Application.Channel.ROSTER)
        .values("state")
        .annotate(
            n=Count("pk"),
            persons=Count("pk", filter=Q(by_person=True)),
            programs=Count("pk", filter=Q(by_person=False)),
        )
    )
    found = {row["state"]: row for row in counted.order_by()}
    states = {state: found[state]["n"] if state in found else 0 for state in State.values}
    passed = found.get(State.PASSED, {"persons": 0, "programs": 0})
    return Board(
        applied=sum(states.values()) - states[State.WITHDRAWN],
        by_program=passed["programs"],
        by_person=passed["persons"],
        states=states,
    )
