"""Which movement may follow which: one table, asked by services and shown on pages."""

from __future__ import annotations

from junheng.kernel.faults import gettext_noop

FOLLOWS = {
    "studying": frozenset(
        {
            "class_changed",
            "transferred",
            "moved_up",
            "held_back",
            "suspended",
            "dropped_out",
            "left",
            "graduated",
        }
    ),
    "suspended": frozenset({"resumed", "dropped_out", "left"}),
    "dropped_out": frozenset({"returned", "left"}),
    "left": frozenset({"returned", "from_outside"}),
    "graduated": frozenset({"entered"}),
}
"""By the state a pupil is in, what may come next. Who has graduated from primary school enters
the next one with the same record; nobody who is suspended or has dropped out is moved to a class
without coming back first."""

LARGE_CLASS = gettext_noop(
    "%(name)s has %(size)d pupils. A class may have at most %(cap)d: choose another one."
)


def may_follow(state: str, movement: str) -> bool:
    """Whether a pupil in this state can make this movement.

    Args:
        state: "studying", "suspended", "dropped_out", "left" or "graduated".
        movement: What would come next, such as "transferred".
    """
    return movement in FOLLOWS[state]
