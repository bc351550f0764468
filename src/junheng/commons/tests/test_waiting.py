"""Turns are in order, nobody has two, and one that has come is kept for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection

from junheng.commons import waiting
from junheng.commons.models import WaitingRoom
from junheng.commons.waiting import take_turn

pytestmark = pytest.mark.django_db


def test_as_long_as_there_is_room_nobody_waits() -> None:
    assert all(take_turn("door", per_second=10).has_come for _n in range(20))


def test_beyond_that_everybody_gets_a_place_in_order() -> None:
    turns = [take_turn("door", per_second=2) for _n in range(20)]
    assert [turn.at for turn in turns] == sorted(turn.at for turn in turns)
    assert len({turn.at for turn in turns}) == 20
    assert not turns[-1].has_come
    assert turns[-1].ahead <= 20
    assert 0 < turns[-1].seconds <= 10


def test_a_ticket_keeps_the_turn_however_often_it_is_shown() -> None:
    turns = [take_turn("door", per_second=1) for _n in range(9)]
    again = take_turn("door", per_second=1, ticket=turns[-1].ticket)
    assert again.at == turns[-1].at
    assert take_turn("door", per_second=1).at > turns[-1].at


OF_ANOTHER_DOOR = signing.dumps(["other", 1.0], salt="x")
"""It has the second of today in it, so it must not be part of a test's name."""


@pytest.mark.parametrize(
    "ticket", ["", "x", "a:b:c", pytest.param(OF_ANOTHER_DOOR, id="another door")]
)
def test_a_ticket_that_is_none_gets_the_next_turn(ticket: str) -> None:
    last = [take_turn("door", per_second=1) for _n in range(6)][-1]
    assert take_turn("door", per_second=1, ticket=ticket).at > last.at


def test_a_ticket_of_another_door_or_long_ago_opens_nothing() -> None:
    other = take_turn("other", per_second=1)
    assert take_turn("door", per_second=1, ticket=other.ticket).ticket != other.ticket
    old = signing.dumps(["door", other.at.timestamp() - 7200], salt=waiting.SALT)
    assert take_turn("door", per_second=1, ticket=old).at >= other.at


def test_an_empty_room_forgets_its_queue() -> None:
    for _n in range(9):
        take_turn("door", per_second=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commons_waitingroom SET next_free_at = now() - interval '1 hour'")
    assert take_turn("door", per_second=1).has_come
    assert WaitingRoom.objects.get().next_free_at > take_turn("door", per_second=1).at - timedelta(
        seconds=5
    )
