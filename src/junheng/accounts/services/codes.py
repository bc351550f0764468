"""Signing in by telephone: a code of six digits, sent to it and typed in within five minutes.

The code is made from a random ticket with a key of the server, so the table holds nothing from
which it could be read. The ticket lies in the browser that asked, and a code counts only there:
nobody uses up another's tries. Whether a telephone is known makes no difference to any answer,
since its account is made when a code was right.

Brakes: one message a minute and a few a day for a telephone; for an address as many codes as were
asked for and not used, beyond those that were. So a school, or a county behind one address of
its telephone company, goes on while everybody types in what they got.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.models import Outcome, PhoneCode, SignIn, User
from junheng.accounts.services.families import family_of_phone, known_family
from junheng.accounts.services.signing_in import address_of, known_here
from junheng.commons import messages
from junheng.commons.made_once import Insertion, Update, made_once
from junheng.commons.messages import Template, Value
from junheng.commons.refusals import Refusal

DIGITS = 6
LIVES = timedelta(minutes=5)
TRIES = 5
PAUSE = timedelta(minutes=1)
ADDRESS_WINDOW = timedelta(hours=1)
WRONG_PER_ADDRESS = 100
"""So many wrong tries within the window, beyond the codes that were right."""
TWICE = timedelta(seconds=30)
"""A button that was pressed twice signs in once, and says so twice."""

CODE = Template(
    "accounts.code",
    gettext_lazy(
        "Your code is %(code)s. It is good for %(minutes)s minutes. Tell it to nobody:"
        " the bureau never asks for it."
    ),
    {"code": Value.CODE, "minutes": Value.COUNT},
    urgent=True,
    secret=True,
    lifetime=LIVES,
)


class SentJustNow(Refusal):
    """A code was asked for less than a minute ago, from elsewhere."""


class EnoughToday(Refusal):
    """The telephone got as many codes as there are in a day."""


class CrowdedAddress(Refusal):
    """Too many codes were asked for from this address, or typed wrongly, and not used."""


class WrongCode(Refusal):
    """Not the code that was sent."""


class NoCodeLeft(Refusal):
    """The code is too old, used, or was tried too often: another one is needed."""


class AccountClosed(Refusal):
    """The family's account may not sign in."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser that asked keeps until the code is typed in."""

    phone: str
    ticket: str


# ----------------------------------------------------------------------------- asking for one


def ask(request: HttpRequest, phone: str) -> Asked:
    """Send a code to a telephone; within a minute, the same address is told of the same one.

    Raises:
        SentJustNow, EnoughToday, CrowdedAddress: Nothing was sent, and why.
    """
    address, now = address_of(request), timezone.now()
    _require_room(phone, address, now)
    asked = Asked(phone, token_hex(16))
    with transaction.atomic():
        if _noted(asked, address, now):
            values = {"code": code_of(asked), "minutes": int(LIVES.total_seconds() // 60)}
            messages.send(phone, CODE.key, values, subject="accounts.sign_in")
            return asked
    return _as_before(phone, address, now)


def _noted(asked: Asked, address: str | None, now: datetime) -> bool:
    """Take the telephone's place for a new code, unless it is too soon: one statement, no race."""
    row = (_mark(asked.phone), asked.ticket, address, now, timezone.localdate(now))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_phonecode AS known
                (phone_mark, ticket, address, sent_at, day, sent_that_day, tries)
            VALUES (%s, %s, %s, %s, %s, 1, 0)
            ON CONFLICT (phone_mark) DO UPDATE SET
                ticket = excluded.ticket, address = excluded.address,
                sent_at = excluded.sent_at, day = excluded.day, tries = 0, used_at = NULL,
                sent_that_day =
                    CASE WHEN known.day = excluded.day THEN known.sent_that_day ELSE 0 END + 1
            WHERE known.sent_at <= %s
                AND (known.day <> excluded.day OR known.sent_that_day < %s)
            """,
            (*row, now - PAUSE, settings.CODES_PER_DAY),
        )
        return bool(cursor.rowcount == 1)


def _as_before(phone: str, address: str | None, now: datetime) -> Asked:
    known = PhoneCode.objects.get(phone_mark=_mark(phone))
    if now - known.sent_at >= PAUSE:
        raise EnoughToday(
            _(
                "This number has had as many codes as there are in a day. Try again tomorrow, or"
                " come to the counter of the school or the bureau."
            )
        )
    if known.address == address and known.used_at is None:
        return Asked(phone, known.ticket)
    raise SentJustNow(
        _("A code was sent to this number a moment ago. Please wait a minute, then ask again.")
    )


# ----------------------------------------------------------------------------- typing it in


def sign_in(request: HttpRequest, asked: Asked, typed: str) -> User:
    """The family whose telephone got the code, its account made where there is none.

    Raises:
        WrongCode, NoCodeLeft, CrowdedAddress, AccountClosed: Nobody is signed in, and why.
    """
    address, now = address_of(request), timezone.now()
    _require_room(asked.phone, address, now)
    with transaction.atomic():
        live = _live(asked, now)
        right = live is not None and constant_time_compare(typed, code_of(asked))
        user = _let_in(request, asked, live, now) if live is not None and right else None
        if live is not None and not right:
            _count_wrong(request, asked)
    if user is None:
        raise _refusal(live)
    if not user.is_active:
        raise AccountClosed(_("This account is closed. Please come to the bureau's counter."))
    return user


def _live(asked: Asked, now: datetime) -> PhoneCode | None:
    """The code that this browser asked for, locked, if it may still be typed in."""
    known = next(iter(_locked(_mark(asked.phone))), None)
    return known if known and _is_live(known, asked, now) else None


@made_once
def _locked(mark: str) -> QuerySet[PhoneCode]:
    return PhoneCode.objects.select_for_update().filter(phone_mark=mark)


note_used = Update(PhoneCode, "used_at")


def _let_in(request: HttpRequest, asked: Asked, live: PhoneCode, now: datetime) -> User:
    live.used_at = now
    note_used(live)
    user = family_of_phone(asked.phone)
    _note(request, Outcome.SIGNED_IN if user.is_active else Outcome.LOCKED, asked.phone, user)
    return user


def _count_wrong(request: HttpRequest, asked: Asked) -> None:
    rows = PhoneCode.objects.filter(phone_mark=_mark(asked.phone))
    rows.update(tries=F("tries") + 1)
    _note(request, Outcome.WRONG_CODE, asked.phone, known_family(asked.phone))


def _refusal(live: PhoneCode | None) -> Refusal:
    if live is None or live.tries + 1 >= TRIES:
        return NoCodeLeft(_("This code is not good any more. Please ask for a new one."))
    return WrongCode(_("This is not the code that was sent. Please compare it."))


def _is_live(known: PhoneCode, asked: Asked, now: datetime) -> bool:
    fresh = now - known.sent_at < LIVES and known.tries < TRIES
    used = known.used_at is not None and now - known.used_at > TWICE
    return fresh and not used and constant_time_compare(known.ticket, asked.ticket)


def code_of(asked: Asked) -> str:
    """The code of a ticket: whoever has no key of the server cannot make it."""
    key, said = settings.SECRET_KEY.encode(), f"accounts.code|{asked.phone}|{asked.ticket}"
    number = int.from_bytes(hmac.new(key, said.encode(), sha256).digest()[:8])
    return f"{number % 10**DIGITS:0{DIGITS}}"


def _mark(phone: str) -> str:
    return salted_hmac("accounts.phone_code", phone, algorithm="sha256").hexdigest()[:32]


# ----------------------------------------------------------------------------- brakes and the log


def _require_room(phone: str, address: str | None, now: datetime) -> None:
    """Make sure that this address is not used for guessing, or for sending messages to strangers.

    Raises:
        CrowdedAddress: If it is; but never for a family that has signed in there lately.
    """
    since = now - ADDRESS_WINDOW
    codes, wrong = _unused(address, since)
    if codes < settings.CODES_PER_ADDRESS and wrong < WRONG_PER_ADDRESS:
        return
    used = PhoneCode.objects.filter(address=address, used_at__gt=since).count()
    crowded = codes >= settings.CODES_PER_ADDRESS + used
    if not crowded and wrong < WRONG_PER_ADDRESS + used:
        return
    family = known_family(phone)
    if family is None or not known_here(family.username, address, now):
        raise CrowdedAddress(
            _(
                "Many codes are asked for from your network at the moment. Please try again in a"
                " few minutes, or use the telephone's own connection instead of this network."
            )
        )


def _unused(address: str | None, since: datetime) -> tuple[int, int]:
    """How many codes an address asked for and did not use, and how often they were mistyped."""
    here = "address IS NULL" if address is None else "address = %s"
    given: list[Any] = [since] if address is None else [address, since]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(tries), 0) FROM accounts_phonecode"  # noqa: S608
            f" WHERE {here} AND sent_at > %s AND used_at IS NULL",
            given,
        )
        codes, wrong = cursor.fetchone()
    return codes, wrong


write_sign_in = Insertion(SignIn)


def _note(request: HttpRequest, outcome: Outcome, phone: str, user: User | None) -> None:
    """Write it into the log of sign-ins; a telephone without an account is kept as a mark only."""
    write_sign_in(
        SignIn(
            user=user,
            username=user.username if user else f"?{_mark(phone)[:12]}",
            outcome=outcome,
            address=address_of(request),
            agent=request.headers.get("user-agent", "")[:200],
        )
    )
