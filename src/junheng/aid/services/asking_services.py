"""Services are asked about members of households that signed; what they answer is kept.

A question is a row before it leaves, and the database takes none without a signature that holds:
so it stands there what was asked of whom, when and under which signature, whatever happens next.
Whom a service answered about is not asked about again on that day; the others are by the next
check. That makes a check safe to be killed and to be done twice.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from junheng.accounts.facade import note_read
from junheng.aid.engine.hits import kept, said
from junheng.aid.models import CheckQuestion, CheckRule, HouseholdMember
from junheng.aid.services.authorising import still_signed
from junheng.aid.services.flagging import Entered, Found, flags
from junheng.aid.snapshots.checks import Frozen, Member, members, served
from junheng.commons.models import Run
from junheng.evidence.facade import (
    Connection,
    NumberState,
    Owned,
    Pair,
    Step,
    ask_by_number,
    people_at_once,
    read_numbers,
)

READABLE = (NumberState.SOUND, NumberState.OLD)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of asking one service.

    Attributes:
        found: Its hits.
        counts: For the receipt.
        listing: Line by line who was asked, when, and the digest of what came back; references
            only.
        first, last: When the first and the last answer came; "" without one.
    """

    found: Sequence[Found]
    counts: Mapping[str, int]
    listing: Sequence[str]
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Asking:
    """One service in one check.

    Attributes:
        signed: Of each household that signed for its register, the authorisation.
    """

    run: Run
    frozen: Frozen
    source: Connection
    signed: Mapping[int, int]

    def answered(self, people: Iterable[Member]) -> dict[UUID, CheckQuestion]:
        """What it answered today, asked in this way, by whom it is about."""
        described = self.frozen.services[self.source.pk]
        rows = CheckQuestion.objects.answered(self.source.pk, self.frozen.day, described)
        rows = rows.filter(member__in=[one.key for one in people])
        return {row.member_id: row for row in rows}

    def standing(self, people: Sequence[Member]) -> list[Member]:
        """Those whose signature holds now; it is locked until the transaction ends."""
        valid = still_signed(self.signed[one.household] for one in people)
        return [one for one in people if self.signed[one.household] in valid]


def ask(
    run: Run, frozen: Frozen, rules: Sequence[CheckRule], *, between: Callable[[], None]
) -> Heard:
    """Ask one service about everybody who signed for its register, and look at what it answered.

    Args:
        run: The check.
        frozen: What it is made from.
        rules: Those that ask this service.
        between: Called before each request: a check that is cancelled ends there.

    Raises:
        DeliveredAnew: If the service is asked in another way meanwhile, or ended.
    """
    source, signed = served(frozen, rules[0]), frozen.signed_for(rules[0].register)
    asking = Asking(run, frozen, source, signed)
    everybody = members(frozen.day, Q(household__in=list(signed)))
    people = _with_number(everybody)
    known = asking.answered(people)
    waiting = [one for one in people if one.key not in known]
    while waiting and (at_once := people_at_once(source)):
        between()
        _ask_about(asking, waiting[:at_once])
        waiting = waiting[at_once:]
    return _heard(asking, everybody, people, rules)


def _with_number(people: Sequence[Member]) -> list[Member]:
    """Those who have a number that one can ask by."""
    states = read_numbers([one.person.resident_id for one in people]).state.tolist()
    return [one for one, state in zip(people, states, strict=True) if state in READABLE]


def _ask_about(asking: Asking, people: Sequence[Member]) -> None:
    """Write down who is asked about, ask, and keep what came back: each by itself."""
    with transaction.atomic():
        asked = asking.standing(people)
        rows = [_question(asking, one) for one in asked]
        for row in rows:
            _note(asking.run, row)
        CheckQuestion.objects.bulk_create(rows)
    if not rows:
        return
    answers = ask_by_number(asking.source, [one.person for one in asked])
    with transaction.atomic():
        valid = {one.key for one in asking.standing(asked)} - set(asking.answered(asked))
        for row, owned in zip(rows, answers, strict=True):
            if owned is not None and row.member_id in valid:
                _keep(row, owned)


def _question(asking: Asking, one: Member) -> CheckQuestion:
    return CheckQuestion(
        run=asking.run,
        household_id=one.household,
        member_id=one.key,
        connection=asking.source,
        authorisation_id=asking.signed[one.household],
        register=asking.source.register,
        day=asking.frozen.day,
        described=asking.frozen.services[asking.source.pk],
    )


def _note(run: Run, row: CheckQuestion) -> None:
    """In the read log of whoever started the check, as of every read of personal data."""
    if run.requested_by is not None:
        why = _("Check of households %(run)s") % {"run": run.ref}
        note_read(run.requested_by, HouseholdMember(pk=row.member_id), ["register_facts"], why)


def _keep(row: CheckQuestion, owned: Owned) -> None:
    """Keep an answer, with a salt: nobody guesses from the digest that somebody owns nothing."""
    told = {
        "salt": secrets.token_hex(16),
        "step": owned.step,
        "probability": owned.probability,
        "rows": kept(owned.rows),
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    row.sealed, row.digest = text, hashlib.sha256(text.encode()).hexdigest()
    row.answered_at, row.as_of = row.asked_at, owned.as_of  # the database says when
    row.save(update_fields=["sealed", "digest", "answered_at", "as_of"])


def _heard(
    asking: Asking,
    everybody: Sequence[Member],
    people: Sequence[Member],
    rules: Sequence[CheckRule],
) -> Heard:
    answers = asking.answered(people)
    with transaction.atomic():
        standing = {one.key for one in asking.standing(people)}
    lost = [one for one in people if one.key not in answers]
    tally = Counter(
        {
            "households": len(asking.signed),
            "people": len(people),
            "no_number": len(everybody) - len(people),
            "answered": len(answers),
            "unanswered": sum(one.key in standing for one in lost),
            "withdrawn": sum(one.key not in standing for one in lost),
            "hits": 0,
        }
    )
    found: list[Found] = []
    for one in people:
        if (row := answers.get(one.key)) is not None:
            entered = entered_of(one, row, asking.signed[one.household])
            found += flags(entered, rules, tally) if entered.facts else []
    moments = sorted(row.moment for row in answers.values())
    listing = [_line(asking.source, one, answers.get(one.key)) for one in people]
    return Heard(found, dict(tally), listing, *(moments[:1] + moments[-1:] or ["", ""]))


def entered_of(one: Member, row: CheckQuestion, authorisation: int) -> Entered:
    """Somebody as a kept answer tells of them: enough to repeat what followed from it."""
    told: Mapping[str, Any] = json.loads(str(row.sealed))
    pair = Pair(0, 0, certain=True, probability=told["probability"], step=Step(told["step"]))
    return Entered(one, authorisation, pair, said(told["rows"]), row.as_of or row.day)


def _line(source: Connection, one: Member, row: CheckQuestion | None) -> str:
    """As the listing has it: who was asked about, when it was answered, and the digest."""
    when, digest = (row.moment, row.digest) if row else ("", "")
    return f"{source.uid},{one.key},{when},{digest}"
