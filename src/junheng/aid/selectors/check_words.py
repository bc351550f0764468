"""Rules of checks and what registers say, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from junheng.aid.engine.hits import Test, fen_of, said
from junheng.aid.models import CheckHit, CheckRule, LeftOut, Speaks
from junheng.evidence.facade import AMOUNTS, title_of
from junheng.kernel.money import Fen


def condition_words(rule: CheckRule) -> str:
    """What counts as a hit, in one line."""
    title = title_of(rule.register, rule.column)
    if rule.test == Test.IS:
        return f"{title}: {' / '.join(rule.words)}"
    if rule.test == Test.ANY:
        return str(rule.get_test_display())
    amount = Fen(rule.least_fen or 0)
    if rule.test == Test.TOGETHER:
        return _("%(column)s, all entries together: %(amount)s or more") % {
            "column": title,
            "amount": amount,
        }
    return _("%(column)s: %(amount)s or more") % {"column": title, "amount": amount}


def asks(rule: CheckRule) -> str:
    """What follows from a rule, for the second person."""
    if rule.speaks == Speaks.FOR:
        return _("Whoever stands in it and belongs to no household is listed for a visit.")
    return _("Households that signed for it are flagged, visited and heard; a person decides.")


def facts_of(row: CheckHit | LeftOut) -> list[list[tuple[str, str]]]:
    """What a register says, entry by entry: titles and values."""
    return [list(_titled(row.register, facts.items())) for facts in said(row.sealed)]


def _titled(register: str, facts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    amount = AMOUNTS.get(register)
    for column, value in facts:
        fen = fen_of(value) if column == amount else None
        yield title_of(register, column), value if fen is None else str(Fen(fen))
