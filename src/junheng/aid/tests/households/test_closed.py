"""Poverty is nobody else's business: strangers of every kind see nothing, whatever they guess."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from junheng.accounts.models import ReadLog
from junheng.accounts.tests import cast
from junheng.aid.models import Household, HouseholdMember
from junheng.aid.tests.households import builders as build
from junheng.commons.models import ExportLog
from junheng.places.models import OrganisationKind, Role

pytestmark = pytest.mark.django_db


def pages(home: Household) -> list[str]:
    """Every address that says something of a household, and of its village."""
    review = build.review(home)
    build.posted(review)
    member = home.members.get()
    return [
        reverse("aid:household", args=[home.number]),
        reverse("aid:household_pdf", args=[home.number]),
        reverse("aid:household_measures", args=[home.number]),
        reverse("aid:household_members", args=[home.number]),
        reverse("aid:household_homes", args=[home.village.code]),
        reverse("aid:household_merge", args=[home.village.code]),
        reverse("aid:household_propose", args=[home.number]),
        reverse("aid:household_review", args=[review.number]),
        reverse("aid:household_book", args=[home.village.code]),
        reverse("aid:household_book_pdf", args=[home.village.code]),
        reverse("aid:household_post", args=[home.village.code]),
        reverse("accounts:reveal", args=["household_member", member.pk, "name"]),
    ]


def strangers() -> dict[str, Any]:
    """Who guesses addresses: the next village, the next township, the next county, schools."""
    other = build.village("990100001002")
    committee = cast.organisation(
        "other-committee", OrganisationKind.VILLAGE_COMMITTEE, at=other.code
    )
    office = cast.organisation(
        "other-office", OrganisationKind.TOWNSHIP_OFFICE, at=cast.NEXT_TOWNSHIP
    )
    return {
        "village": cast.person("bao", Role.VILLAGE_OFFICER, committee),
        "township": cast.person("hua", Role.TOWNSHIP_OFFICER, office),
        "county": cast.person("lan", Role.AID_OFFICER, cast.bureau(cast.NEXT_COUNTY)),
        "head": cast.wang(),
        "clerk": cast.sun(),
        "admissions": cast.li(),
        "finance": cast.xu(),
        "system": cast.feng(),
        "family": cast.zhao(),
    }


def test_nobody_else_learns_that_a_household_exists(client: Any) -> None:
    addresses = pages(build.poor())
    for who, user in strangers().items():
        client.force_login(user)
        answers = {url: client.get(url).status_code for url in addresses}
        assert set(answers.values()) == {404}, (who, answers)
        for rows in (Household.objects, HouseholdMember.objects):
            assert rows.for_user(user).count() == 0, who


def test_a_guessed_number_looks_like_one_that_there_is_not(client: Any) -> None:
    home = build.poor()
    client.force_login(strangers()["village"])
    known, unknown = (
        client.get(reverse("aid:household", args=[number])) for number in (home.number, "H-404")
    )
    assert (known.status_code, unknown.status_code) == (404, 404)


def test_a_village_officer_decides_nothing_elsewhere(client: Any) -> None:
    review = build.review(build.poor())
    build.posted(review)
    client.force_login(strangers()["village"])
    for name in ("household_step", "household_object", "household_withdraw"):
        answer = client.post(reverse(f"aid:{name}", args=[review.number]), {"verdict": "yes"})
        assert answer.status_code == 404, name


def test_a_full_name_is_shown_for_a_reason_that_is_written_down(client: Any) -> None:
    member = build.poor().members.get()
    client.force_login(cast.ma())
    url = reverse("accounts:reveal", args=["household_member", member.pk, "name"])
    assert "田大山" not in client.get(url).content.decode()
    answer = client.post(url, {"why": "visit tomorrow"})
    assert "田大山" in answer.content.decode()
    assert ReadLog.objects.get().reason == "visit tomorrow"


def test_lists_leave_in_masks_with_a_log(client: Any) -> None:
    home = build.poor()
    client.force_login(cast.ma())
    book = reverse("aid:household_book", args=[home.village.code])
    answer = client.post(book)
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("sheet")
    assert ExportLog.objects.count() == 1
