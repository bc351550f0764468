"""One application a child: which code it carries, and whether it has applied already."""

from __future__ import annotations

import secrets

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from junheng.admissions.engine.statement import Statement
from junheng.admissions.models import Application, Round
from junheng.admissions.services import on_roster
from junheng.commons.made_once import made_once
from junheng.commons.refusals import Refusal

CODE_BYTES = 10
"""80 bits: a child's code is chance, never made from a number or a name."""


class AppliedAlready(Refusal):
    """The child has an application in this round."""

    def __init__(self, words: str, number: str) -> None:
        super().__init__(words)
        self.number = number


def code_of(the_round: Round, key: str) -> str:
    """The child's code of the year: applying again, here or elsewhere, draws no second ticket.

    Returns:
        The code; "" if its family has not applied this year.

    Raises:
        AppliedAlready: If the child's application in this round is still held.
    """
    with connection.cursor() as cursor:  # two pages at once must not give a child two codes
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    earlier = _of_year(key, the_round.year)
    for _code, round_id, number, state in earlier:
        if round_id == the_round.pk and state != Application.State.WITHDRAWN:
            raise _held(number)
        if round_id == the_round.second_of_id and state == Application.State.PASSED:
            raise _carried(number)
    return str(earlier[0][0]) if earlier else ""


def _carried(number: str) -> AppliedAlready:
    words = _("This child was in the first round: take part from the page of %s.") % number
    return AppliedAlready(words, number)


def new_code() -> str:
    return secrets.token_hex(CODE_BYTES)


def named_by_roster(the_round: Round, told: Statement) -> Application | None:
    """The application by which a roster of this round named the child.

    Raises:
        AppliedAlready: If a roster of the first round did: then it is carried over.
    """
    if the_round.second_of_id is not None:
        before = on_roster.reported(the_round.second_of_id, told)
        if before is not None:
            raise _carried(before.number)
    return on_roster.reported(the_round.pk, told)


@made_once
def _of_year(key: str, year: int) -> QuerySet[Application, tuple[str, int, str, str]]:
    same_year = Application.objects.filter(child_key=key, round__year=year)
    return same_year.order_by("id").values_list("code", "round_id", "number", "state")


def require_only_one(round_id: int, key: str) -> None:
    """Make sure that a child has no application in the round that is held.

    Raises:
        AppliedAlready: If it has one.
    """
    held = Application.objects.exclude(state=Application.State.WITHDRAWN)
    number = held.filter(round=round_id, child_key=key).values_list("number", flat=True).first()
    if number is not None:
        raise _held(number)


def _held(number: str) -> AppliedAlready:
    return AppliedAlready(_("This child has an application already: %s.") % number, number)
