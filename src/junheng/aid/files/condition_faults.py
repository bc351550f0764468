"""What is wrong with a condition, in sentences; for files and for pages."""

from __future__ import annotations

from types import MappingProxyType

from junheng.aid.engine.conditions import LARGEST, LONGEST, MOST_TOKENS, NotAllowed, Problem
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _

_SENTENCES = MappingProxyType(
    {
        Problem.EMPTY: (
            _("The condition is empty."),
            _("Write what has to hold, or leave the condition out."),
        ),
        Problem.TOO_LONG: (
            _("The condition is too long from character %(at)s on."),
            _("At most %(longest)s characters and %(words)s words: part it into several."),
        ),
        Problem.TOO_DEEP: (
            _("At character %(at)s too much stands inside each other."),
            _("Part the condition into several."),
        ),
        Problem.NOT_ALLOWED: (
            _("“%(what)s” at character %(at)s is not allowed in a condition."),
            _("Use facts, codes, whole numbers and days, compared and joined by AND, OR, NOT."),
        ),
        Problem.NO_SUCH_FACT: (
            _("There is no fact “%(what)s” (character %(at)s)."),
            _("Use one of the documented facts."),
        ),
        Problem.UNREADABLE: (
            _("The condition cannot be read from character %(at)s on."),
            _("Look for a missing bracket, quote or word."),
        ),
        Problem.NOT_YES_OR_NO: (
            _("“%(what)s” at character %(at)s is neither true nor false."),
            _("Compare it with something."),
        ),
        Problem.UNLIKE: (
            _("At “%(what)s” (character %(at)s) unlike things are compared."),
            _("Compare a number with a number, a day with a day, a code with one of its codes."),
        ),
        Problem.NO_SUCH_CODE: (
            _("There is no code “%(what)s” (character %(at)s)."),
            _("Use one of the codes of this fact."),
        ),
        Problem.NOT_A_DAY: (
            _("“%(what)s” at character %(at)s is no day."),
            _("Write days as DATE '2016-09-01'."),
        ),
        Problem.AN_AMOUNT: (
            _("“%(what)s” at character %(at)s is an amount, which no condition compares."),
            _("Take it out; a rate may be a share of it."),
        ),
        Problem.NOT_WHOLE: (
            _("“%(what)s” at character %(at)s is no number that a condition may have."),
            _("Use whole numbers of at most %(largest)s."),
        ),
    }
)


def condition_fault(error: NotAllowed, file: str, place: str) -> Fault:
    """A refused condition as a fault.

    Args:
        error: Why it was refused.
        file: In which file, or "".
        place: Where in it, such as "version 1, condition 2".
    """
    message, fix = _SENTENCES[error.problem]
    return fault(
        file,
        None,
        place,
        message,
        fix,
        what=error.what,
        at=error.start + 1,
        longest=LONGEST,
        words=MOST_TOKENS,
        largest=LARGEST,
    )
