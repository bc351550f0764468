"""Why a pupil is not moved up at the turn of the year, in the words of an officer."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.kernel.school_year import SchoolYear
from junheng.registry.engine.roll_over_types import (
    Why,
)

TITLES: dict[Why, str | Promise] = {
    Why.HELD_BACK: gettext_lazy("stays in its grade by decision"),
    Why.NO_ROOM: gettext_lazy("no room in its grade"),
    Why.SUSPENDED: gettext_lazy("suspended"),
    Why.DROPPED_OUT: gettext_lazy("dropped out"),
    Why.NO_CLASS: gettext_lazy("in no class"),
    Why.OLD_YEAR: gettext_lazy("stands in an earlier school year"),
    Why.BEGAN_LATER: gettext_lazy("stands there since the coming year only"),
    Why.NO_SCHOOL: gettext_lazy("school without this level"),
    Why.SCHOOL_ENDS: gettext_lazy("school ends before the level does"),
    Why.UNPLACED: gettext_lazy("class divided, no part chosen"),
    Why.CLASS_TOO_LARGE: gettext_lazy("class would be too large"),
}
"""Each reason in a few words, for filters and counts."""


def told(why: Why, figures: tuple[int, ...]) -> str:
    """The reason as a sentence that says what to do.

    Args:
        why: The engine's code.
        figures: Its figures, in the order that `Why` names.
    """
    return _SENTENCES[why](*figures)


def _held_back(grade: int) -> str:
    return _("It stays in grade %(grade)s by decision. Give it a class there.") % {"grade": grade}


def _no_room(grade: int, total: int, most: int) -> str:
    return _(
        "It is to stay in grade %(grade)s, which would then have %(total)s pupils; its classes "
        "take %(most)s. Plan another class first."
    ) % {"grade": grade, "total": total, "most": most}


def _suspended(grade: int) -> str:
    return _(
        "It is suspended in grade %(grade)s. It is given a class on the day it comes back."
    ) % {"grade": grade}


def _dropped_out(grade: int) -> str:
    return _(
        "It dropped out in grade %(grade)s. It is given a class on the day it is brought back."
    ) % {"grade": grade}


def _no_class(grade: int) -> str:
    return _("It is in no class of grade %(grade)s. Give it one and make the plan again.") % {
        "grade": grade
    }


def _old_year(year: int, grade: int) -> str:
    return _(
        "It still stands in grade %(grade)s of %(year)s: an earlier turn of the year did not move "
        "it. Put its record right first."
    ) % {"grade": grade, "year": SchoolYear(year)}


def _began_later(grade: int) -> str:
    return _(
        "Its standing in grade %(grade)s began after the year had ended. Put its record right "
        "first."
    ) % {"grade": grade}


def _no_school(grade: int) -> str:
    return _(
        "Its school does not teach grade %(grade)s any more. Transfer it, or put the school's "
        "grades right."
    ) % {"grade": grade}


def _school_ends(grade: int, highest: int) -> str:
    return _(
        "Its school ends with grade %(highest)s. Transfer it to a school that has grade %(grade)s."
    ) % {"grade": grade, "highest": highest}


def _unplaced(number: int) -> str:
    return _(
        "Class %(number)s is divided, and it was given to none of the parts. Divide the class "
        "again, or give it one of them."
    ) % {"number": number}


def _too_large(grade: int, number: int, size: int, most: int) -> str:
    return _(
        "Grade %(grade)s class %(number)s would have %(size)s pupils; it may have %(most)s. "
        "Split the class."
    ) % {"grade": grade, "number": number, "size": size, "most": most}


_SENTENCES: dict[Why, Callable[..., str]] = {
    Why.HELD_BACK: _held_back,
    Why.NO_ROOM: _no_room,
    Why.SUSPENDED: _suspended,
    Why.DROPPED_OUT: _dropped_out,
    Why.NO_CLASS: _no_class,
    Why.OLD_YEAR: _old_year,
    Why.BEGAN_LATER: _began_later,
    Why.NO_SCHOOL: _no_school,
    Why.SCHOOL_ENDS: _school_ends,
    Why.UNPLACED: _unplaced,
    Why.CLASS_TOO_LARGE: _too_large,
}
