"""Tickets: figures anybody can repeat, and seeds that are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine import tickets
from junheng.admissions.engine.errors import SeedRefused
from junheng.admissions.engine.reference import places_on_ring
from junheng.admissions.engine.tickets import draw, hmac_tickets, ring_places, ring_seed
from junheng.admissions.engine.types import Method
from junheng.admissions.tests.engine.interpreted import interpreted
from tests.examples import examples


def test_a_ticket_is_what_openssl_says() -> None:
    """printf '2026|k3fz9qpl0a1b' | openssl dgst -sha256 -hmac 'seed of the day'."""
    expected = "bde92d31213b1809802a6a47260f6365fde471372b7504cab3d69e595c6d0a55"
    assert hmac_tickets("seed of the day", 2026, ["k3fz9qpl0a1b"]) == (expected,)


def test_seed_and_identifier_count_as_utf_8() -> None:
    """printf '2026|甲' | openssl dgst -sha256 -hmac '云槐'."""
    assert hmac_tickets("云槐", 2026, ["甲"]) == (
        "fbf683013b465c68a953acb45f41c0e0b706c2e0ee202fcf422b3e34fedb5ef8",
    )


def test_the_smaller_ticket_comes_first() -> None:
    drawn = draw(Method.HMAC, "s", 2026, [f"child{n}" for n in range(50)])
    ascending = sorted(range(50), key=lambda unit: drawn.tickets[unit])
    assert [int(drawn.order[unit]) for unit in ascending] == list(range(50))


def test_the_published_ring_of_twenty() -> None:
    """Nanchang 2023: 20 on the ring, start 6, interval 3, 15 seats."""
    place = ring_places(20, 6, 3)
    drawn = sorted(range(1, 21), key=lambda position: place[position - 1])
    assert drawn[:15] == [6, 9, 12, 15, 18, 1, 4, 8, 13, 17, 2, 7, 14, 20, 10]


def test_a_ring_ticket_is_the_place_in_the_drawing() -> None:
    """Four on the ring, start 2, interval 2: 2, 4, 3 (1 is counted first), 1."""
    drawn = draw(Method.RING, "2:2", 2026, ["a", "b", "c", "d"])
    assert drawn.tickets == ("4", "1", "3", "2")
    assert drawn.order.tolist() == [3, 0, 2, 1]


@given(st.integers(1, 60), st.data())
@examples(60)
def test_the_fast_ring_is_the_one_that_counts_on_fingers(count: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(1, count))
    interval = data.draw(st.integers(1, 10**18 - 1))
    expected = places_on_ring(count, start, interval)
    assert ring_places(count, start, interval).tolist() == expected
    with interpreted():
        assert tickets.ring_places(count, start, interval).tolist() == expected


def test_an_empty_ring_draws_nobody() -> None:
    assert draw(Method.RING, "1:3", 2026, []).tickets == ()


def test_a_ring_of_100_000_is_a_drawing_of_everybody() -> None:
    assert sorted(ring_places(100_000, 77, 991).tolist()) == list(range(1, 100_001))


@pytest.mark.parametrize(
    ("seed", "says"),
    [
        pytest.param("", "start:interval", id="empty"),
        pytest.param("6", "start:interval", id="no interval"),
        pytest.param("6:3:1", "start:interval", id="three numbers"),
        pytest.param(" 6:3", "start:interval", id="blank in front"),
        pytest.param("-6:3", "start:interval", id="negative"),
        pytest.param("６:3", "start:interval", id="full-width figures"),  # noqa: RUF001  # meant
        pytest.param("1:1" + "0" * 18, "start:interval", id="19 digits"),
        pytest.param("0:3", "cannot start at 0", id="before the ring"),
        pytest.param("21:3", "cannot start at 21", id="beyond the ring"),
        pytest.param("6:0", "at least 1", id="standing still"),
    ],
)
def test_a_ring_seed_that_will_not_do_is_refused(seed: str, says: str) -> None:
    with pytest.raises(SeedRefused, match=says):
        ring_seed(seed, 20)


def test_no_seed_no_round() -> None:
    with pytest.raises(SeedRefused, match="no seed"):
        draw(Method.HMAC, "", 2026, ["a"])
