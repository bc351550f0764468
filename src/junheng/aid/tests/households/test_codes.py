"""Code lists are dated rows that two people begin and end; nothing that was decided changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.models import HouseholdCode, HouseholdReview
from junheng.aid.selectors.reviews import codes_on
from junheng.aid.tests.households import builders as build
from junheng.commons.models import Approval

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
PAGE = "/aid/households/codes/"
ENTRY = {
    "code": "widowed", "kind": "monitored", "name_zh": "丧偶户", "name_en": "Widowed",
    "since": "2026-01-01", "basis": "Notice 9",
}  # fmt: skip


def agreed(window: Any) -> None:
    """The second person says yes to what waits."""
    for one in Approval.objects.filter(state="pending"):
        assert window.post(f"/approvals/{one.pk}/agree/").status_code == 302


def test_an_entry_holds_when_a_second_person_has_agreed_and_can_be_proposed(
    signed_in: SignedIn,
) -> None:
    cast.counties()
    ma, wu = signed_in(cast.ma()), signed_in(cast.wu())
    listed = ma.get(f"{PAGE}?list=category").content.decode()
    assert "On the margin" in listed
    assert "2016-02-10" in listed  # an entry that has ended is still read
    assert ma.post(f"{PAGE}?list=category", ENTRY).status_code == 302
    assert not HouseholdCode.objects.filter(code="widowed").exists()
    agreed(wu)
    assert "Widowed" in wu.get(PAGE).content.decode()
    home = build.household()
    page = reverse("aid:household_propose", args=[home.number])
    shown = signed_in(cast.tian()).get(f"{page}?status=monitored").content.decode()
    assert "Widowed" in shown
    assert "work_class" not in shown
    told = {"words": "The husband died.", "category": "widowed"}
    assert signed_in(cast.tian()).post(f"{page}?status=monitored", told).status_code == 302
    assert HouseholdReview.objects.get().category == "widowed"


@pytest.mark.parametrize(
    ("which", "wrong", "why"),
    [
        pytest.param("category", {"code": "Ab c"}, "small letters", id="no code"),
        pytest.param("category", {"kind": ""}, "belong to a status", id="of no status"),
        pytest.param("category", {"kind": "rich"}, "not one of the available", id="of another"),
        pytest.param("category", {"code": "marginal"}, "End that first", id="there already"),
        pytest.param("measure", {"code": "work"}, "End that first", id="a measure there already"),
        pytest.param("measure", {"since": "soon"}, "valid date", id="no day"),
        pytest.param("cause", {"name_zh": ""}, "required", id="no name"),
        pytest.param("cause", {"basis": ""}, "required", id="no paper"),
    ],
)
def test_what_is_no_entry_is_refused_with_a_sentence(
    which: str, wrong: dict[str, str], why: str, signed_in: SignedIn
) -> None:
    cast.counties()
    answer = signed_in(cast.ma()).post(f"{PAGE}?list={which}", ENTRY | wrong)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Approval.objects.exists()


def test_an_entry_ends_and_a_later_one_takes_its_code(signed_in: SignedIn) -> None:
    cast.counties()
    ma, wu, today = signed_in(cast.ma()), signed_in(cast.wu()), timezone.localdate()
    row = HouseholdCode.objects.get(list="measure", code="work")
    page, paper = f"{PAGE}{row.pk}/end/", {"paper": "Notice 10"}
    for day in (today - timedelta(days=1), date(2001, 1, 1), ""):
        assert ma.post(page, {"day": day, **paper}).status_code == 422
    assert ma.post(page, {"day": today, **paper}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to is None
    agreed(wu)
    assert "work" not in {one.code for one in codes_on("measure", today)}
    assert "work" in {one.code for one in codes_on("measure", today - timedelta(days=1))}
    assert ma.post(page, {"day": today, **paper}).status_code == 422
    again = ENTRY | {"code": "work", "since": (today + timedelta(days=1)).isoformat()}
    again.pop("kind")
    assert ma.post(f"{PAGE}?list=measure", again).status_code == 302
    agreed(wu)
    assert HouseholdCode.objects.filter(list="measure", code="work").count() == 2
