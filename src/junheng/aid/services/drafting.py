"""Drafting a batch: from what is due to lines with an account and a budget."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.engine.dues import Due, half_year_of
from junheng.aid.models import (
    AidTerm,
    BudgetLine,
    FormerPayment,
    PayAccount,
    PaymentBatch,
    PaymentLine,
    PaysTo,
    Recovery,
)
from junheng.aid.selectors.dues import dues_of
from junheng.aid.selectors.subjects import names_of
from junheng.aid.services.batches import DRAFT, State, held, require_post, require_state
from junheng.commons.attempts import noting
from junheng.commons.refusals import Refusal
from junheng.commons.sealing import steady_keys
from junheng.kernel.ref import Ref
from junheng.places.facade import Organisation, Place

NUMBER = "PB"
Key = tuple[str, str, object]


class NothingToPay(Refusal):
    """No line could be made; it says why for how many."""


@dataclass(slots=True)
class LeftOut:
    """What is due and on no line of the draft, by why.

    Attributes:
        settled: On a line of this or another batch, or paid by a former system, already.
        no_account: No account is known.
        waiting: An account is known and waits for its second person.
        no_budget: No budget line for the policy, source and half-year.
        unknown: Nobody of this county is known by the key.
    """

    settled: int = 0
    no_account: int = 0
    waiting: int = 0
    no_budget: int = 0
    unknown: int = 0

    def words(self) -> str:
        """In one sentence; "" if nothing was left out."""
        told = (
            (self.settled, _("%s on a line already, or paid before")),
            (self.no_account, _("%s without an account")),
            (self.waiting, _("%s with an account that nobody approved yet")),
            (self.no_budget, _("%s without a budget line")),
            (self.unknown, _("%s of nobody who is known here")),
        )
        return _(", ").join(words % count for count, words in told if count)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A new draft, and what is not in it."""

    batch: PaymentBatch
    left_out: LeftOut


@dataclass(frozen=True, slots=True)
class _Books:
    """What lines are made from."""

    names: Mapping[str, str]
    budgets: Mapping[tuple[str, str], BudgetLine]
    cards: Mapping[str, PayAccount]
    of_schools: Mapping[str, PayAccount]
    waiting: frozenset[str]
    schools: Mapping[str, int]
    place: str
    completes: bool
    settled: dict[Key, int] = field(default_factory=dict)

    def account_of(self, due: Due, budget: BudgetLine) -> PayAccount | None:
        if budget.pays_to == PaysTo.SCHOOL:
            return self.of_schools.get(due.path)
        return self.cards.get(due.subject)

    def is_waiting(self, due: Due, budget: BudgetLine) -> bool:
        """Whether the account that is wanted waits for its second person."""
        whose = due.path if budget.pays_to == PaysTo.SCHOOL else due.subject
        return whose in self.waiting


def draft(
    place: Place,
    *,
    period: str,
    source: str,
    dues: Iterable[Due],
    by: User,
    completes: bool = False,
) -> Drafted:
    """Make a draft of everything that is due and can be paid.

    Args:
        place: The county.
        period: Code of the period, such as "2026-2027-1".
        source: Whose money; see `Source`.
        dues: What is due; what is on a line already is left out.
        by: The aid officer who makes it.
        completes: Whether what was paid in part gets a line for the rest; the database allows it
            only of what the published run of the period says is due.

    Raises:
        NothingToPay: If nothing is left.
        NotTheirPost: If somebody makes no batches there.
    """
    with noting(DRAFT, by=by, matter=period, path=place.path), transaction.atomic():
        require_post(may=may_keep(by, place.path))
        batch = begun(place, period, source, by)
        left_out = LeftOut()
        wanted = sorted(set(dues))
        with steady_keys():
            books = _books(place, source, wanted, completes=completes)
            lines = [line for due in wanted if (line := _line(batch, due, books, left_out))]
            for number, line in enumerate(lines, start=1):
                line.number = number
            PaymentLine.objects.bulk_create(lines, batch_size=1000, ignore_conflicts=True)
        made = batch.lines.count()
        left_out.settled += len(lines) - made
        if not made:
            raise NothingToPay(
                _("There is nothing to pay: %s.") % (left_out.words() or _("no rows"))
            )
    return Drafted(batch, left_out)


def draft_term(term: AidTerm, *, source: str, by: User) -> Drafted:
    """Make a draft of everything that is due in a term and paid out of one source.

    Of what was paid in part, or is due in a larger amount by now, the rest is drafted.

    Raises:
        NothingToPay: If nothing is left, or nothing was decided yet.
        NotTheirPost: If somebody makes no batches there.
    """
    place = term.place
    policies = BudgetLine.objects.filter(path=place.path, source=source).values("policy")
    funded = set(policies.values_list("policy", flat=True))
    dues = [due for due in dues_of(term) if due.policy in funded]
    return draft(place, period=term.code, source=source, dues=dues, by=by, completes=True)


def begun(place: Place, period: str, source: str, by: User) -> PaymentBatch:
    """An empty draft."""
    batch: PaymentBatch = PaymentBatch.objects.create(
        number=str(Ref.draw(NUMBER, timezone.localdate().year, secrets.randbelow)),
        place=place,
        path=place.path,
        period=period,
        source=source,
        made_by=by,
    )
    return batch


def give_up(pk: UUID, *, by: User) -> None:
    """Delete a draft with its lines; what is due can be drafted anew.

    Raises:
        OutOfStep: If it is no draft any more.
        NotTheirPost: If somebody makes no batches there.
    """
    with transaction.atomic():
        batch = held(pk)
        require_post(may=may_keep(by, batch.path))
        require_state(batch, State.DRAFT)
        batch.delete()


def _books(place: Place, source: str, dues: list[Due], *, completes: bool) -> _Books:
    subjects = {due.subject for due in dues}
    standing, waiting = PayAccount.objects.standing(), PayAccount.objects.waiting()
    schools = Organisation.objects.filter(path__in={due.path for due in dues})
    paths: dict[Any, str] = dict(schools.values_list("pk", "path"))
    of_schools = standing.filter(subject="", organisation__in=paths)
    budgets = BudgetLine.objects.filter(path=place.path, source=source)
    return _Books(
        names=names_of(subjects),
        budgets={(row.policy, row.half_year): row for row in budgets},
        cards={row.subject: row for row in standing.filter(subject__in=subjects)},
        waiting=frozenset(waiting.filter(subject__in=subjects).values_list("subject", flat=True))
        | frozenset(
            waiting.filter(subject="", path__in=paths.values()).values_list("path", flat=True)
        ),
        of_schools={paths[row.organisation_id]: row for row in of_schools},
        schools={path: pk for pk, path in paths.items()},
        place=place.path,
        completes=completes,
        settled=_settled(subjects),
    )


def _settled(subjects: set[str]) -> dict[Key, int]:
    """What is on a line already or was paid by a former system, without what was recovered."""
    found: Counter[Key] = Counter()
    first = PaymentLine.objects.filter(follows=None)
    tables = (first, 1), (FormerPayment.objects.all(), 1), (Recovery.objects.all(), -1)
    for rows, sign in tables:
        told = rows.filter(subject__in=subjects).order_by()
        for *key, fen in told.values_list("subject", "policy", "for_day", "fen"):
            found[tuple(key)] += sign * fen  # type: ignore[index]  # three columns
    return dict(found)


def _line(batch: PaymentBatch, due: Due, books: _Books, left_out: LeftOut) -> PaymentLine | None:
    key = (due.subject, due.policy, due.for_day)
    rest = due.fen - books.settled.get(key, 0)
    if key in books.settled and (rest <= 0 or not books.completes):
        left_out.settled += 1
        return None
    if due.subject not in books.names or not due.path.startswith(books.place):
        left_out.unknown += 1
        return None
    budget = books.budgets.get((due.policy, half_year_of(due.for_day)))
    if budget is None:
        left_out.no_budget += 1
        return None
    account = books.account_of(due, budget)
    if account is None:
        if books.is_waiting(due, budget):
            left_out.waiting += 1
        else:
            left_out.no_account += 1
        return None
    supplements = key in books.settled
    books.settled[key] = due.fen
    return PaymentLine(
        batch=batch,
        subject=due.subject,
        policy=due.policy,
        for_day=due.for_day,
        fen=rest,
        supplements=supplements,
        budget=budget,
        organisation_id=books.schools.get(due.path),
        path=due.path,
        name=books.names[due.subject],
        **account_columns(account),
    )


def account_columns(account: PayAccount) -> dict[str, str | None]:
    """An account as a line keeps it: as it was when the line was made."""
    return {
        "account_kind": account.kind,
        "holder": str(account.holder),
        "account": str(account.number),
        "account_key": account.number_key,
        "holder_id": str(account.holder_id) if account.holder_id else None,
    }
