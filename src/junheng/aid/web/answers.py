"""What was decided of somebody, in the order in which a family reads it."""

from __future__ import annotations

from dataclasses import dataclass

from junheng.aid.engine.outcomes import Outcome
from junheng.aid.selectors.person import PolicyAnswer
from junheng.aid.services.family_letters import Same, days_of, together
from junheng.aid.web.money import yuan


@dataclass(frozen=True, slots=True)
class Line:
    """A policy as a page shows it.

    Attributes:
        answer: What was decided, on the first of its days.
        days: The days of which the same holds for the same reason, in words.
        due, paid: In yuan.
        was_paid: Whether anything was.
    """

    answer: PolicyAnswer
    days: str
    due: str
    paid: str
    was_paid: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What was decided of somebody in a term.

    Attributes:
        due: What is given.
        undecided: What cannot be told yet.
        not_due: What is not given, though it is for somebody of this stage, or was paid.
        elsewhere: What is for other stages, and was not paid.
        policies_elsewhere: How many policies those are; one may stand there in several lines.
    """

    due: list[Line]
    undecided: list[Line]
    not_due: list[Line]
    elsewhere: list[Line]
    policies_elsewhere: int


def shown(answers: list[PolicyAnswer]) -> Answers | None:
    """Answers as a page shows them; None where nothing was decided.

    Months of which the same holds for the same reason are one line.
    """
    if not answers:
        return None
    lines = together(answers, exactly=True)
    no = [one for one in lines if one.first.outcome is Outcome.NOT_ENTITLED]
    elsewhere = [one for one in no if one.first.other_stage and not one.paid_fen]
    return Answers(
        due=[_line(one) for one in lines if one.first.outcome is Outcome.ENTITLED],
        undecided=[_line(one) for one in lines if one.first.outcome is Outcome.UNDECIDED],
        not_due=[_line(one) for one in no if one not in elsewhere],
        elsewhere=[_line(one) for one in elsewhere],
        policies_elsewhere=len({one.first.policy for one in elsewhere}),
    )


def totals(answers: list[PolicyAnswer]) -> dict[str, str]:
    """What is due and what was paid, together, in yuan."""
    return {
        "due": yuan(sum(one.fen or 0 for one in answers)),
        "paid": yuan(sum(one.paid_fen for one in answers)),
    }


def _line(one: Same) -> Line:
    return Line(
        one.first, days_of(one), yuan(one.due_fen), yuan(one.paid_fen), was_paid=bool(one.paid_fen)
    )
