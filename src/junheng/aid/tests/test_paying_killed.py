"""Killed, disconnected, pressed twice: at every step it is all or nothing, and paid once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections

from junheng.accounts.tests import cast
from junheng.aid.models import (
    BankAnswer,
    BatchFile,
    PaymentBatch,
    PaymentLine,
    PaymentOutcome,
    Posting,
)
from junheng.aid.services import answers, checking, drafting, paying_out
from junheng.aid.services.drafting import NothingToPay
from junheng.aid.tests import payment_builders as build
from tests.hanging import hanging

pytestmark = pytest.mark.django_db(transaction=True)
SENDING = ("held", "file", "posted", "sent")
ANSWERING = ("read", "outcomes", "posted", "closed")
Told = Callable[[str], None]
Work = Callable[[Told], Any]


class Lost(Exception):
    """The process ended here."""


def everything() -> tuple[Any, ...]:
    """What stands of payments."""
    states = list(PaymentBatch.objects.order_by("pk").values_list("pk", "state"))
    tables = (PaymentLine, BatchFile, BankAnswer, PaymentOutcome, Posting)
    return (states, *(table._default_manager.count() for table in tables))


def broken_off(work: Work, steps: tuple[str, ...]) -> None:
    """Break the work off at every step, by an error and by a connection that the server drops."""
    before = everything()
    for step in steps:
        for lose in (_raise, _drop):

            def told(name: str, lose: Callable[[], None] = lose, step: str = step) -> None:
                if name == step:
                    lose()

            with pytest.raises((Lost, DatabaseError)):
                work(told)
            connection.close()
            assert everything() == before, step


def _raise() -> None:
    raise Lost


def _drop() -> None:
    """The server ends this connection, as when the database is killed."""
    pid = connection.connection.info.backend_pid
    parameters = connection.get_connection_params()
    wanted = {"dbname", "user", "password", "host", "port"}
    with psycopg.connect(**{k: v for k, v in parameters.items() if k in wanted}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def killed(batch: PaymentBatch, step: str, *more: str) -> None:
    """A process that does it hangs at a step and gets SIGKILL."""
    name, root = str(connection.settings_dict["NAME"]), str(settings.STORAGE_ROOT)
    before = everything()
    with hanging("junheng.aid.tests.paying_process", name, root, str(batch.pk), step, *more):
        assert everything() == before
    assert everything() == before


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Everybody presses at the same moment, each on a connection of their own."""
    gate, found = threading.Barrier(len(works)), []

    def press(work: Callable[[], Any]) -> None:
        gate.wait()
        with suppress(NothingToPay):
            found.append(work())
        connections.close_all()

    threads = [threading.Thread(target=press, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_pressed_twice_or_killed_anywhere_it_is_paid_once_and_the_ledger_balances(
    tmp_path: Path,
) -> None:
    """One batch from its draft to its end: at each step broken off, killed, and pressed twice."""
    build.budget()
    dues, county = [build.due(pupil) for pupil in build.pupils(2)], cast.counties()
    ma, gao, xu = cast.ma(), build.second(), cast.xu()

    def draft() -> PaymentBatch:
        made = drafting.draft(county, period=build.PERIOD, source="county", dues=dues, by=ma)
        return made.batch

    (batch,) = at_once(draft, draft)
    assert PaymentLine.objects.count() == 2
    checking.check(batch.pk, by=gao)

    def send(told: Told = lambda _step: None) -> BatchFile:
        return paying_out.pay_out(batch.pk, by=xu, told=told)

    broken_off(send, SENDING)
    killed(batch, "sent")
    assert len({made.sha256 for made in at_once(send, send)}) == 1
    assert everything() == ([(batch.pk, "paid_out")], 2, 1, 0, 0, 2)
    kept = tmp_path / "answer.csv"
    kept.write_bytes(build.result(batch, ("0000", "1001")))

    def answer(told: Told = lambda _step: None) -> answers.Taken:
        return answers.take_in(batch.pk, kept.read_bytes(), name="a.csv", by=xu, told=told)

    broken_off(answer, ANSWERING)
    killed(batch, "closed", str(kept))
    assert sorted(one.fresh for one in at_once(answer, answer)) == [0, 2]
    assert everything() == ([(batch.pk, "partly_returned")], 2, 1, 1, 2, 4)
    ways = Posting.objects.order_by("line__number", "pk").values_list("leaves", "enters", "fen")
    assert list(ways) == [
        ("allocated", "in_transit", build.FEN),
        ("in_transit", "paid", build.FEN),
        ("allocated", "in_transit", build.FEN),
        ("in_transit", "returned", build.FEN),
    ]
