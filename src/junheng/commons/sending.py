"""Sending what lies in the outbox: a thread of the worker that looks four times a second.

A code must reach its telephone while somebody waits for it. In the request a slow gateway would
hold the page, and in the queue of jobs a long run would hold the message; here neither can. It
asks instead of being told, since a notification would be lost behind a pooler, and a quarter of a
second is nothing on a message's way. Each is claimed for a minute before it is sent: if the
process dies in between, another one sends it again, under the same number.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from junheng.commons import gateways
from junheng.commons.gateways import Gateway, Never, NotNow, Text
from junheng.commons.messages import templates, text_of, values_of
from junheng.commons.models import Message

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
BETWEEN_SECONDS = 0.01
"""The pause while there is something to send."""
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


def send_one(message: Message, gateway: Gateway) -> None:
    """Try once, and write down what became of it."""
    if message.expires_at <= timezone.now():
        _end(message, State.GIVEN_UP, "too late")
        return
    try:
        number = gateway.send(_text(message))
    except Never as refused:
        _end(message, State.GIVEN_UP, str(refused))
    except NotNow as failed:
        _later(message, str(failed))
    except Exception:
        log.exception("a message could not be made")
        _later(message, "error")
    else:
        _end(message, State.SENT, number)


def _text(message: Message) -> Text:
    return Text(
        number=str(message.pk),
        phone=str(message.phone),
        template=settings.SMS_TEMPLATES.get(message.template, message.template),
        values=values_of(message),
        words=text_of(message),
    )


def _later(message: Message, answer: str) -> None:
    if message.attempts > len(PAUSES):
        _end(message, State.GIVEN_UP, answer)
        return
    next_at = timezone.now() + PAUSES[message.attempts - 1]
    _ours(message).update(next_at=next_at, answer=answer[:200])


def _end(message: Message, state: State, answer: str) -> None:
    template = templates().get(message.template)
    forgotten = {"content": None} if template is None or template.secret else {}
    _ours(message).update(state=state, ended_at=timezone.now(), answer=answer[:200], **forgotten)


def _ours(message: Message) -> QuerySet[Message]:
    """The row while it is still at our attempt."""
    return Message.objects.filter(pk=message.pk, state=State.WAITING, attempts=message.attempts)


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
        self._under_way: set[Future[None]] = set()

    def run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="message") as pool:
            while not self.enough.is_set():
                self.enough.wait(BETWEEN_SECONDS if self._look(pool) else LOOK_SECONDS)

    def _look(self, pool: ThreadPoolExecutor) -> bool:
        """Hand over what is due, as much as there are free hands: a slow one holds no other."""
        self._under_way = {each for each in self._under_way if not each.done()}
        free = AT_ONCE - len(self._under_way)
        try:
            found = claim(free) if free else []
            gateway = gateways.configured()
            self._under_way |= {pool.submit(_in_thread, each, gateway) for each in found}
        except (OperationalError, InterfaceError):
            log.warning("messages wait for the database")
        except Exception:
            log.exception("sending messages failed")
        else:
            return bool(found) or not free
        finally:
            connections.close_all()
        return False


def _in_thread(message: Message, gateway: Gateway) -> None:
    try:
        send_one(message, gateway)
    except Exception:  # it is claimed for a minute, then somebody sends it again
        log.exception("a message could not be written down as sent")
    finally:
        connections.close_all()
