"""Sending what lies in the outbox: a thread of the worker that looks four times a second.

A code must reach its telephone while somebody waits for it. In the request a slow gateway would
hold the page, and in the queue of jobs a long run would hold the message; here neither can. It
asks instead of being told, since a notification would be lost behind a pooler, and a quarter of a
second is nothing on a message's way. Each is claimed for a minute before it is sent: if the
process dies before it is written down as sent, another one sends it again, under the same number.
What becomes of several is written down together.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from junheng.commons import gateways
from junheng.commons.gateways import Gateway, Never, NotNow, Text
from junheng.commons.messages import templates, text_of, values_of
from junheng.commons.models import Message

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
BETWEEN_SECONDS = 0.01
"""The pause while something is on its way: others may come to an end meanwhile."""
BATCH = 100
AT_ONCE = 16
"""Requests to the gateway side by side."""
CLAIM = timedelta(minutes=1)
PAUSES = tuple(timedelta(seconds=each) for each in (2, 10, 60, 300, 1800, 7200))
"""Before the second attempt, the third and so on; after the last one it is given up."""
State = Message.State


def claim(limit: int = BATCH) -> list[Message]:
    """Messages that are due, urgent ones first; for a minute nobody else gets them."""
    now = timezone.now()
    with transaction.atomic():
        due = Message.objects.select_for_update(skip_locked=True).filter(
            state=State.WAITING, next_at__lte=now
        )
        found = list(due.order_by("-urgent", "next_at")[:limit])
        if found:
            Message.objects.filter(pk__in=[each.pk for each in found]).update(
                next_at=now + CLAIM, attempts=F("attempts") + 1
            )
    for each in found:
        each.attempts += 1
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt.

    Attributes:
        message: Which message.
        state: Waiting, if it is to be tried again.
        answer: Of the gateway, or why it was not sent.
        pause: How long it waits then.
    """

    message: Message
    state: State
    answer: str
    pause: timedelta | None = None


def attempt(message: Message, gateway: Gateway) -> Outcome:
    """Try once; the database is not asked."""
    if message.expires_at <= timezone.now():
        return Outcome(message, State.GIVEN_UP, "too late")
    try:
        number = gateway.send(_text(message))
    except Never as refused:
        return Outcome(message, State.GIVEN_UP, str(refused))
    except NotNow as failed:
        return _later(message, str(failed))
    except Exception:
        log.exception("a message could not be made")
        return _later(message, "error")
    return Outcome(message, State.SENT, number)


def _text(message: Message) -> Text:
    return Text(
        number=str(message.pk),
        phone=str(message.phone),
        template=settings.SMS_TEMPLATES.get(message.template, message.template),
        values=values_of(message),
        words=text_of(message),
    )


def _later(message: Message, answer: str) -> Outcome:
    if message.attempts > len(PAUSES):
        return Outcome(message, State.GIVEN_UP, answer)
    return Outcome(message, State.WAITING, answer, PAUSES[message.attempts - 1])


WRITE_DOWN = """
    UPDATE commons_message SET
        state = %s, answer = %s, ended_at = %s, next_at = coalesce(%s, next_at),
        content = CASE WHEN %s THEN NULL ELSE content END
    WHERE id = %s AND state = 'waiting' AND attempts = %s
"""
"""While the row is still at our attempt."""


def write_down(outcomes: Iterable[Outcome]) -> None:
    """Write down what became of some attempts, in one transaction."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        for each in outcomes:
            ended = each.state != State.WAITING
            cursor.execute(
                WRITE_DOWN,
                (
                    each.state.value,
                    each.answer[:200],
                    now if ended else None,
                    now + each.pause if each.pause else None,
                    ended and _is_secret(each.message),
                    each.message.pk,
                    each.message.attempts,
                ),
            )


def _is_secret(message: Message) -> bool:
    """Whether its values are forgotten at the end."""
    template = templates().get(message.template)
    return template is None or template.secret


def send_one(message: Message, gateway: Gateway) -> None:
    """Try once, and write down what became of it."""
    write_down([attempt(message, gateway)])


def send_waiting(gateway: Gateway | None = None) -> int:
    """Send all that is due, one after the other: for tests and commands."""
    way, sent = gateway or gateways.configured(), 0
    while found := claim():
        for message in found:
            send_one(message, way)
        sent += len(found)
    return sent


class Sender(threading.Thread):
    """Sends until told to stop; a database that is away is waited for."""

    def __init__(self) -> None:
        super().__init__(name="sender", daemon=True)
        self.enough = threading.Event()
        self._under_way: set[Future[Outcome]] = set()

    def run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="message") as pool:
            while not self.enough.is_set():
                self._write_down()
                self._hand_over(pool)
                wait(self._under_way, LOOK_SECONDS, FIRST_COMPLETED)
                self.enough.wait(BETWEEN_SECONDS if self._under_way else LOOK_SECONDS)
        self._write_down()

    def _write_down(self) -> None:
        """What has come to an end since the last look."""
        ended = {each for each in self._under_way if each.done()}
        with _whatever_happens():
            if ended:
                write_down(each.result() for each in ended)
                self._under_way -= ended

    def _hand_over(self, pool: ThreadPoolExecutor) -> None:
        """As much of what is due as there are free hands: a slow one holds no other."""
        free = AT_ONCE - len(self._under_way)
        with _whatever_happens():
            gateway = gateways.configured()
            for each in claim(free) if free else []:
                self._under_way.add(pool.submit(attempt, each, gateway))


@contextmanager
def _whatever_happens() -> Iterator[None]:
    """The thread goes on: what was claimed and not written down is sent again after a minute."""
    try:
        yield
    except (OperationalError, InterfaceError):
        log.warning("messages wait for the database")
    except Exception:
        log.exception("sending messages failed")
    finally:
        connections.close_all()
