"""Above what the site takes in, families wait on a page with their place, and come in by turn."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from junheng.commons import waiting

pytestmark = pytest.mark.django_db


def ask(client: Client, number: int, **more: str) -> Any:
    data = {"phone": f"1380000{number:04}", **more}
    return client.post("/accounts/phone/", data, REMOTE_ADDR=f"10.1.0.{number}")


def test_families_wait_with_their_place_and_come_in_by_turn(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JOURNEYS_PER_SECOND = 1.0
    answers = [ask(Client(), number) for number in range(1, 9)]
    assert [answer.status_code for answer in answers[:3]] == [302, 302, 302]
    last = answers[-1]
    assert last.status_code == 429
    assert int(last["Retry-After"]) >= 1
    page = last.content.decode()
    assert "data-waiting" in page
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket is not None
    monkeypatch.setattr(waiting, "BURST", timedelta(minutes=1))
    assert ask(Client(), 8, ticket=ticket[1]).status_code == 302


def test_without_a_limit_nobody_waits(settings: Settings) -> None:
    settings.JOURNEYS_PER_SECOND = 0
    assert {ask(Client(), number).status_code for number in range(11, 25)} == {302}
