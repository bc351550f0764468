"""What registers are asked, and what counts as a hit: asked by one, agreed to by another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.engine.hits import Test
from junheng.aid.models import CheckRule, Speaks
from junheng.aid.models.check_rules import SIGNED_FOR
from junheng.aid.selectors.check_words import asks, condition_words
from junheng.aid.services import for_two
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.evidence.facade import AMOUNTS, COLUMNS, Connection, connections_of
from junheng.places.facade import Place, place_by_code

RULE, END = "aid.check_rule", "aid.end_check_rule"
PAGE = "/aid/households/checks/rules/"
DOCUMENT = "《社会救助暂行办法》（国务院令第649号）"
ARTICLE = "第五十八条"
"""The basis of asking other registers about a household that asks for help; a default."""


class RuleDoesNotFit(Refusal):
    """The connection, the condition or the basis is not what a rule needs."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule that is asked for.

    Attributes:
        connection: Key of the connection that is asked.
        column, words, least_fen: Of the condition, where its test needs them.
    """

    connection: int
    speaks: str
    test: str
    column: str
    words: tuple[str, ...]
    least_fen: int | None
    document: str
    article: str
    since: date

    def as_json(self) -> dict[str, Any]:
        """As an approval keeps it."""
        return {
            "connection": self.connection,
            "speaks": self.speaks,
            "test": self.test,
            "column": self.column,
            "words": list(self.words),
            "least_fen": self.least_fen,
            "document": self.document,
            "article": self.article,
            "since": self.since.isoformat(),
        }


def connections(place: Place) -> list[Connection]:
    """The registers that a county may ask: tables, and services that a household may sign for."""
    return [
        one
        for one in connections_of(place.path)
        if one.way == Connection.Way.TABLES or one.register in SIGNED_FOR
    ]


def wanted(
    connection: Connection,
    *,
    speaks: str,
    test: str,
    words: tuple[str, ...] = (),
    column: str = "",
    least_fen: int | None = None,
    document: str = DOCUMENT,
    article: str = ARTICLE,
    since: date | None = None,
) -> Wanted:
    """A rule as it is asked for: an amount stands in the column that the register has for it.

    Raises:
        RuleDoesNotFit: If the register has no amount, or the column or words are missing.
    """
    register, needs_amount = connection.register, test in (Test.AT_LEAST, Test.TOGETHER)
    if needs_amount:
        column = AMOUNTS.get(register, "")
        if not column or not least_fen or least_fen <= 0:
            raise RuleDoesNotFit(_("This register has no amount, or none was given."))
    elif test == Test.IS:
        known = {one.name for one in COLUMNS[register]}
        if column not in known or not words:
            raise RuleDoesNotFit(_("Choose a column of this register and the words that count."))
    else:
        column, words = "", ()
    return Wanted(
        connection.pk,
        speaks,
        test,
        column,
        words if test == Test.IS else (),
        least_fen if needs_amount else None,
        document.strip(),
        article.strip(),
        since or timezone.localdate(),
    )


def ask_for_rule(place: Place, rule: Wanted, *, by: User) -> Approval:
    """Ask that a county asks a register so."""
    source = _source(place, rule.connection)
    return approvals.ask(
        RULE,
        matter=f"aid.check_rule {place.code} {rule.connection} {rule.test} {rule.column}",
        path=place.path,
        by=by,
        payload={"county": place.code, **rule.as_json()},
        reason=f"{rule.document} {rule.article}",
        title=f"{_('Rule of checks')}: {source.name}",
        url=PAGE,
    )


def ask_to_end(rule: CheckRule, day: date, *, by: User) -> Approval:
    """Ask that a rule does not hold any more from a day on."""
    return approvals.ask(
        END,
        matter=f"aid.end_check_rule {rule.pk}",
        path=rule.place.path,
        by=by,
        payload={"ref": str(rule.ref), "day": day.isoformat()},
        title=f"{_('End a rule of checks')}: {rule.connection.name}",
        url=PAGE,
    )


def register() -> None:
    """Make both steps known to the pages of approvals."""
    for kind, title, check, carry_out, facts in (
        (RULE, gettext_lazy("Rule of checks"), _check, _write, _facts),
        (END, gettext_lazy("End a rule of checks"), _check_end, _end, _end_facts),
    ):
        for_two.register(kind, title, check, carry_out, facts)


def _source(place: Place, key: int) -> Connection:
    found = next((one for one in connections(place) if one.pk == key), None)
    if found is None:
        raise RuleDoesNotFit(_("This register is not connected to the county any more."))
    return found


def _row(approval: Approval) -> CheckRule:
    """The rule that an approval asks for, not yet written."""
    told = dict(approval.payload)
    place = place_by_code(told.pop("county"))
    source = _source(place, told.pop("connection"))
    since = date.fromisoformat(told.pop("since"))
    return CheckRule(
        place=place, connection=source, register=source.register, valid_from=since, **told
    )


def _check(approval: Approval) -> None:
    row = _row(approval)
    if not row.document or not row.article:
        raise RuleDoesNotFit(_("A rule names the document and the article that it rests on."))
    if row.speaks not in Speaks.values:
        raise RuleDoesNotFit(_("Say whether an entry speaks against need or for it."))
    if row.speaks == Speaks.FOR and row.connection.way == Connection.Way.SERVICE:
        raise RuleDoesNotFit(
            _(
                "A service is asked about one person who signed. Who is in need and in no "
                "household is found only in a table: choose a register that is delivered."
            )
        )


def _write(approval: Approval) -> None:
    row = _row(approval)
    row.asked_by, row.agreed_by = approval.asked_by, approval.decided_by
    row.save(force_insert=True)


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    row = _row(approval)
    yield _("Register"), row.connection.name
    yield _("What it says"), row.get_speaks_display()
    yield _("What counts as a hit"), condition_words(row)
    yield _("Document it rests on"), f"{row.document} {row.article}"
    yield _("From"), row.valid_from
    yield _("What changes"), asks(row)


def _ended(approval: Approval) -> CheckRule:
    found: CheckRule = CheckRule.objects.select_related("connection").get(
        ref=UUID(approval.payload["ref"])
    )
    return found


def _check_end(approval: Approval) -> None:
    rule, day = _ended(approval), date.fromisoformat(approval.payload["day"])
    if rule.valid_to is not None or day <= rule.valid_from:
        raise RuleDoesNotFit(_("It ended already, or had not begun on that day."))


def _end(approval: Approval) -> None:
    rule = _ended(approval)
    rule.valid_to = date.fromisoformat(approval.payload["day"])
    rule.save(update_fields=["valid_to"])


def _end_facts(approval: Approval) -> Iterator[tuple[str, object]]:
    rule = _ended(approval)
    yield _("Register"), rule.connection.name
    yield _("What counts as a hit"), condition_words(rule)
    yield _("Until before"), approval.payload["day"]
