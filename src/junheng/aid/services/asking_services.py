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
from datetime import datetime
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
    Silence,
    Step,
    ask_by_number,
    people_at_once,
    read_numbers,
    why_left_alone,
)

READABLE = (NumberState.SOUND, NumberState.OLD)
MISTAKEN = Silence.WRONG_PERSON


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of asking one service.

    Attributes:
        found: Its hits.
        counts: For the receipt.
        silent: Of those without an answer, how many for which reason.
        listing: Line by line who was asked, when, and the digest of what came back; references
            only.
        first, last: When the first and the last answer came; "" without one.
    """

    found: Sequence[Found]
    counts: Mapping[str, int]
    silent: Mapping[str, int]
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

    def everybody(self) -> list[Member]:
        """The members of the households that signed, in the clear."""
        return members(self.frozen.day, Q(household__in=list(self.signed)))

    def questions(self) -> Any:
        """What it was asked on the day of the check, in this way."""
        described = self.frozen.services[self.source.pk]
        return CheckQuestion.objects.asked(self.source.pk, self.frozen.day, described)

    def answered(self, people: Iterable[Member]) -> dict[UUID, CheckQuestion]:
        """What it answered, by whom it is about."""
        rows = self.questions().filter(answered_at__isnull=False)
        return {row.member_id: row for row in rows.filter(member__in=[one.key for one in people])}

    def waiting(self, people: Iterable[Member]) -> list[Member]:
        """Those about whom it did not answer yet."""
        known = self.answered(people)
        return [one for one in people if one.key not in known]

    def mistaken(self, people: Iterable[Member]) -> set[UUID]:
        """Those about whom it answered as somebody else."""
        rows = self.questions().filter(silence=MISTAKEN, member__in=[one.key for one in people])
        return set(rows.values_list("member", flat=True))

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
    asking = _asking(run, frozen, rules)
    source, everybody = asking.source, asking.everybody()
    people = _with_number(everybody)
    waiting, silent = asking.waiting(people), dict[UUID, Silence]()
    while waiting and (at_once := people_at_once(source)):
        between()
        silent |= _ask_about(asking, waiting[:at_once])
        waiting = waiting[at_once:]
    if waiting:
        silent |= dict.fromkeys([one.key for one in waiting], why_left_alone(source))
    return _heard(asking, everybody, people, rules, silent)


def ask_again(run: Run, frozen: Frozen, rules: Sequence[CheckRule], *, last: str) -> bool:
    """Ask one service again about those of whom a check that is over got no answer.

    It ends at the first request that the service leaves without one, so that nobody insists. Whom
    it answered about as somebody else is not asked about again: it would answer the same.

    Args:
        run: The check.
        frozen: What it was made from.
        rules: Those that ask this service.
        last: When its last answer came, as the receipt tells it; "" without one.

    Returns:
        Whether it answered about anybody since.

    Raises:
        DeliveredAnew: As above.
    """
    asking = _asking(run, frozen, rules)
    if people_at_once(asking.source):
        people = _with_number(asking.everybody())
        mistaken = asking.mistaken(people)
        waiting = [one for one in asking.waiting(people) if one.key not in mistaken]
        while waiting and (at_once := people_at_once(asking.source)):
            silent = _ask_about(asking, waiting[:at_once])
            waiting = [] if set(silent.values()) - {MISTAKEN} else waiting[at_once:]
    answers = asking.questions().filter(run=run, answered_at__isnull=False)
    fresh = answers.filter(answered_at__gt=datetime.fromisoformat(last)) if last else answers
    return bool(fresh.exists())


def _asking(run: Run, frozen: Frozen, rules: Sequence[CheckRule]) -> Asking:
    return Asking(run, frozen, served(frozen, rules[0]), frozen.signed_for(rules[0].register))


def _with_number(people: Sequence[Member]) -> list[Member]:
    """Those who have a number that one can ask by."""
    states = read_numbers([one.person.resident_id for one in people]).state.tolist()
    return [one for one, state in zip(people, states, strict=True) if state in READABLE]


def _ask_about(asking: Asking, people: Sequence[Member]) -> dict[UUID, Silence]:
    """Write down who is asked about, ask, and keep what came back: each by itself.

    Returns:
        Why the service said nothing, by whom it was asked about.
    """
    with transaction.atomic():
        asked = asking.standing(people)
        rows = [_question(asking, one) for one in asked]
        for row in rows:
            _note(asking.run, row)
        CheckQuestion.objects.bulk_create(rows)
    if not rows:
        return {}
    answers = ask_by_number(asking.source, [one.person for one in asked])
    with transaction.atomic():
        valid = {one.key for one in asking.standing(asked)} - set(asking.answered(asked))
        for row, owned in zip(rows, answers, strict=True):
            if isinstance(owned, Silence):
                row.silence = owned
                row.save(update_fields=["silence"])
            elif row.member_id in valid:
                _keep(row, owned)
    return {row.member_id: Silence(row.silence) for row in rows if row.silence}


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
    silent: Mapping[UUID, Silence],
) -> Heard:
    answers = asking.answered(people)
    with transaction.atomic():
        standing = {one.key for one in asking.standing(people)}
    lost = [one for one in people if one.key not in answers]
    why = Counter(str(silent[one.key]) for one in lost if one.key in standing & silent.keys())
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
    return Heard(found, dict(tally), dict(why), listing, *(moments[:1] + moments[-1:] or ["", ""]))


def entered_of(one: Member, row: CheckQuestion, authorisation: int) -> Entered:
    """Somebody as a kept answer tells of them: enough to repeat what followed from it."""
    told: Mapping[str, Any] = json.loads(str(row.sealed))
    pair = Pair(0, 0, certain=True, probability=told["probability"], step=Step(told["step"]))
    return Entered(one, authorisation, pair, said(told["rows"]), row.as_of or row.day)


def _line(source: Connection, one: Member, row: CheckQuestion | None) -> str:
    """As the listing has it: who was asked about, when it was answered, and the digest."""
    when, digest = (row.moment, row.digest) if row else ("", "")
    return f"{source.uid},{one.key},{when},{digest}"
