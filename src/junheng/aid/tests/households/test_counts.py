"""The figures of a county's ledger come out of its rows, as on any day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from junheng.accounts.tests import cast
from junheng.aid.models import (
    Household,
    HouseholdMember,
    HouseholdStatus,
    VillageTarget,
)
from junheng.aid.selectors.households import Size, entries_on, villages_on
from junheng.aid.tests.households import builders as build
from junheng.commons.models import ExportLog
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
CLASSES = {"A": (805, 2_658), "B": (223, 357)}
"""Households and people of a real county's ledger (AID-1)."""
TARGETS = (1_184, 693, 618)
"""People to leave poverty, village by village (AID-7)."""


def in_masses(village: Any) -> None:
    """The ledger's households: people are shared out as evenly as they come."""
    register, ma = build.opening(), cast.ma()
    homes, people, statuses = [], [], []
    for letter, (households, heads) in CLASSES.items():
        for n in range(households):
            home = Household(
                number=f"{letter}{n:04}",
                village=village,
                entered_on=register.loaded_at.date(),
                entered_by=ma,
            )
            homes.append(home)
            size = heads // households + (n < heads % households)
            people += [
                HouseholdMember(household=home, relation="02" if one == 0 else "20")
                for one in range(size)
            ]
            statuses.append(
                HouseholdStatus(
                    household=home,
                    kind="registered_poor",
                    work_class=letter,
                    cause="illness",
                    begun="identified",
                    valid_from=date(2014, 6, 1),
                    opening=register,
                )
            )
    Household.objects.bulk_create(homes)
    HouseholdMember.objects.bulk_create(people)
    HouseholdStatus.objects.bulk_create(statuses)
    build.sign(register)


def test_class_a_and_b_of_the_ledger_come_out_of_its_rows() -> None:
    in_masses(build.village())
    (row,) = villages_on(cast.ma(), date(2015, 1, 1))
    assert (row.able, row.not_able) == (Size(805, 2_658), Size(223, 357))
    assert row.poor == Size(1_028, 3_015)
    assert villages_on(cast.ma(), date(2014, 5, 31)) == []
    assert entries_on(cast.ma(), date(2015, 1, 1), row.village.path).count() == 1_028


def test_targets_by_village_stand_beside_what_was_done_and_the_rate() -> None:
    villages = [build.village(f"{cast.TOWNSHIP}{n:03}") for n in (1, 2, 3)]
    for village, people in zip(villages, TARGETS, strict=True):
        VillageTarget.objects.create(
            village=village, year=2026, people=people, population=34, document="x", set_by=cast.wu()
        )
    home = build.poor(at=villages[0])
    build.member(home)
    build.member(home, valid_to=date(2020, 1, 1))
    build.poor("H-2", at=villages[1])
    build.approve(build.review(home))
    before, after = (villages_on(cast.ma(), date(2026, 3, day)) for day in (11, 12))
    assert [row.target for row in after] == list(TARGETS)
    assert [row.left for row in before] == [0, 0, 0]
    assert [row.left for row in after] == [2, 0, 0]
    assert [(row.permille, row.below) for row in before][:2] == [(58, False), (29, True)]
    assert (after[0].permille, after[0].below) == (0, True)


def test_a_village_without_a_population_has_no_rate() -> None:
    build.poor()
    (row,) = villages_on(cast.tian(), date(2026, 1, 1))
    assert (row.permille, row.below, row.target) == (None, None, None)


def test_who_left_and_who_waits_is_found_in_the_village(client: Any) -> None:
    """One is poor, one was removed, of one nothing is decided; another village's is not there."""
    build.poor()
    gone = build.poor("H-2")
    build.approve(build.review(gone))
    new = build.household("H-3")
    build.poor("H-4", at=build.village(f"{cast.TOWNSHIP}009"))
    client.force_login(cast.tian())
    page = reverse("aid:household_homes", args=[cast.VILLAGE])
    for stands, number in (("now", "H-1"), ("before", gone.number), ("never", new.number)):
        shown = client.get(page, {"stands": stands, "on": "2026-04-01"}).content.decode()
        assert [n for n in ("H-1", "H-2", "H-3", "H-4") if f">{n}<" in shown] == [number]
        assert "田大山" not in shown
    earlier = client.get(page, {"stands": "before", "on": "2026-03-11"}).content.decode()
    assert ">H-2<" not in earlier
    with same_queries("aid", "households, all of a village"):
        client.get(page)
    assert client.get(reverse("aid:household_homes", args=[cast.COUNTY])).status_code == 404
    assert [row.village.code for row in villages_on(cast.tian(), date(2026, 4, 1))] == [
        cast.VILLAGE
    ]


def test_pages_answer_for_any_day(client: Any) -> None:
    home = build.poor()
    build.approve(build.review(home))
    client.force_login(cast.ma())
    book = reverse("aid:household_book", args=[cast.VILLAGE])
    assert home.number in client.get(book, {"on": "2020-01-01"}).content.decode()
    assert home.number not in client.get(book, {"on": "2026-04-01"}).content.decode()
    with same_queries("aid", "households, villages"):
        client.get(reverse("aid:households"))
    with same_queries("aid", "households, book"):
        client.get(book, {"on": "2020-01-01"})
    with same_queries("aid", "households, card"):
        client.get(reverse("aid:household", args=[home.number]))
    card = client.get(reverse("aid:household", args=[home.number])).content.decode()
    assert "田*山" in card or "田**" in card
    assert "田大山" not in card
    assert client.get(reverse("aid:household_pdf", args=[home.number])).content[:4] == b"%PDF"
    assert client.get(reverse("aid:household_book_pdf", args=[cast.VILLAGE])).content[:4] == b"%PDF"
    assert ExportLog.objects.count() == 2
