"""What may follow what in the life of a case, as data.

The same table makes the buttons of the page, is asked by the services, and is written into the
trigger by which the database refuses every other way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far a case is."""

    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"
    CHECKED = "checked"
    ANSWERED = "answered"
    CLOSED = "closed"


class Deed(StrEnum):
    """What somebody, or the program by itself, does with a case."""

    OPENED = "opened"
    NOTE = "note"
    HAND_OVER = "hand_over"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    PAUSE = "pause"
    RESUME = "resume"
    DONE = "done"
    CHECK = "check"
    SEND_BACK = "send_back"
    ANSWER = "answer"
    SATISFIED = "satisfied"
    NOT_SATISFIED = "not_satisfied"
    NO_REPLY = "no_reply"
    SETTLE = "settle"
    REOPEN = "reopen"


UNDER_WAY = frozenset(set(State) - {State.CLOSED})
RUNNING = frozenset({State.OPEN, State.DONE, State.CHECKED})
"""States in which the clock runs: until whoever asked has an answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """A deed in a state and where it leads; None stays.

    Attributes:
        asked: True if it is only for cases that somebody asked about, False if only for others.
        by_hand: Whether it stands on the page of a case that another room closes, too.
    """

    deed: Deed
    begins: State
    ends: State | None
    asked: bool | None = None
    by_hand: bool = False


FLOW: tuple[Step, ...] = (
    *(Step(Deed.NOTE, state, None, by_hand=True) for state in State),
    Step(Deed.HAND_OVER, State.OPEN, None, by_hand=True),
    *(Step(Deed.REMINDED, state, None) for state in RUNNING),
    *(Step(Deed.ESCALATED, state, None) for state in RUNNING),
    Step(Deed.PAUSE, State.OPEN, State.PAUSED, by_hand=True),
    Step(Deed.RESUME, State.PAUSED, State.OPEN, by_hand=True),
    Step(Deed.DONE, State.OPEN, State.DONE),
    Step(Deed.CHECK, State.DONE, State.CHECKED, asked=True),
    Step(Deed.CHECK, State.DONE, State.CLOSED, asked=False),
    Step(Deed.SEND_BACK, State.DONE, State.OPEN),
    Step(Deed.ANSWER, State.CHECKED, State.ANSWERED),
    Step(Deed.SATISFIED, State.ANSWERED, State.CLOSED),
    Step(Deed.NOT_SATISFIED, State.ANSWERED, State.OPEN),
    Step(Deed.NO_REPLY, State.ANSWERED, State.CLOSED),
    *(Step(Deed.SETTLE, state, State.CLOSED) for state in sorted(UNDER_WAY)),
    Step(Deed.REOPEN, State.CLOSED, State.OPEN),
)
AUTOMATIC = frozenset({Deed.REMINDED, Deed.ESCALATED, Deed.SETTLE})
"""What no button stands for: the sweep does it, or the room whose case it is."""


class NoSuchStep(ValueError):
    """A deed that cannot follow."""

    def __init__(self, deed: Deed, state: State) -> None:
        super().__init__(f"{deed} does not follow {state}")
        self.deed, self.state = deed, state


def follow(state: State, deed: Deed, *, asked: bool) -> State:
    """The state that a deed leads to.

    Args:
        state: Where the case is.
        deed: What is done.
        asked: Whether somebody asked and waits for an answer.

    Raises:
        NoSuchStep: If the deed cannot follow there.
    """
    for step in FLOW:
        if step.deed == deed and step.begins == state and step.asked in (None, asked):
            return step.ends or state
    raise NoSuchStep(deed, state)


def deeds_in(state: State, *, asked: bool, closed_by_owner: bool) -> tuple[Deed, ...]:
    """What people may do with a case by hand, in the order of the table.

    Args:
        state: Where the case is.
        asked: Whether somebody asked and waits for an answer.
        closed_by_owner: Whether another room settles it, on a page of its own.
    """
    return tuple(
        step.deed
        for step in FLOW
        if step.begins == state
        and step.deed not in AUTOMATIC
        and step.asked in (None, asked)
        and (step.by_hand or not closed_by_owner)
    )


def moves() -> frozenset[tuple[State, State]]:
    """Every change of state that there is."""
    return frozenset((step.begins, step.ends) for step in FLOW if step.ends is not None)
