"""A village becomes part of another: its households go there by two people, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.models import Household
from junheng.aid.tests.households import builders as build
from junheng.commons.models import Approval
from junheng.commons.tests.roles import as_the_site

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
PAGE = f"/aid/households/places/{cast.VILLAGE}/merge/"


def test_two_people_merge_a_village_and_all_that_was_decided_stays(signed_in: SignedIn) -> None:
    home, other = build.poor(), build.village(f"{cast.TOWNSHIP}002")
    ma, wu = signed_in(cast.ma()), signed_in(cast.wu())
    told: dict[str, Any] = {"into": other.code, "paper": "Decree 4"}
    for wrong in ({"into": cast.VILLAGE}, {"into": "nowhere"}, {"paper": ""}):
        assert ma.post(PAGE, told | wrong).status_code == 422
    assert ma.post(PAGE, told).status_code == 302
    assert Household.objects.get().village.code == cast.VILLAGE
    asked = Approval.objects.get()
    assert "Decree 4" in wu.get(f"/approvals/{asked.pk}/").content.decode()
    assert wu.post(f"/approvals/{asked.pk}/agree/").status_code == 302
    moved = Household.objects.get()
    assert (moved.village, moved.number) == (other, home.number)
    assert moved.statuses.get().kind == "registered_poor"
    assert home.number in ma.get(f"/aid/households/places/{other.code}/").content.decode()
    empty = ma.post(PAGE, told)
    assert empty.status_code == 422
    assert "No household is written down here" in empty.content.decode()


def test_nothing_goes_while_a_review_is_under_way(signed_in: SignedIn) -> None:
    build.review(build.poor())
    told = {"into": build.village(f"{cast.TOWNSHIP}002").code, "paper": "Decree 4"}
    answer = signed_in(cast.ma()).post(PAGE, told)
    assert answer.status_code == 422
    assert "under way" in answer.content.decode()


def test_the_database_moves_no_household_without_two_people() -> None:
    home, other = build.poor(), build.village(f"{cast.TOWNSHIP}002")
    with (
        as_the_site(),
        pytest.raises(DatabaseError, match="stays in its village"),
        transaction.atomic(),
    ):
        Household.objects.filter(pk=home.pk).update(village=other)
