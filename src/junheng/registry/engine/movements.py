"""Which movement may follow which: one table, asked by services and shown on pages."""

from __future__ import annotations

from junheng.kernel.faults import gettext_noop
from junheng.kernel.levels import LAST, Grade

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


def grades_after(movement: str, *, grade: int, years: int) -> tuple[int, ...]:
    """Into which grades a pupil may come by a movement that chooses one; the usual one first.

    Whoever comes back after a suspension or absence comes into the grade of before, which is the
    next lower one when a year has passed, or up to that of the children it was with. Who repeats
    has moved up already and goes one grade down; who skips goes one up, within the level. Who
    graduates does so from the last grade of its level.

    Args:
        movement: "held_back", "moved_up", "graduated", "resumed" or "returned"; any other keeps
            the grade.
        grade: Of the standing that ends, 1 to 9.
        years: School years begun since that standing's own, 0 and more.
    """
    level = {one.number for one in Grade(grade).level.grades}
    if movement == "held_back":
        return tuple({grade - 1} & level)
    if movement == "moved_up":
        return tuple({grade + 1} & level)
    if movement == "graduated":
        return tuple({grade} & {max(level)})
    if movement not in ("resumed", "returned"):
        return (grade,)
    lower = () if years else tuple({grade - 1} & level)
    return (grade, *range(grade + 1, min(grade + years, LAST) + 1), *lower)
