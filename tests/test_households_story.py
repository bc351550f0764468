"""A household that was removed falls back: village, township and county, each in its own window."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.aid.models import Household
from junheng.aid.tests.households import builders as build
from tests.browser import PHONE, Open, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def text(window: Visit) -> str:
    return window.page.inner_text("main")


def proposed(village: Visit, home: Household) -> str:
    """The village proposes on the card; the address of the review."""
    village.go(f"/aid/households/cards/{home.number}/").fine()
    village.page.get_by_role("link", name="Propose").click()
    village.settle().fine(axe=False)
    assert "Take back in" in text(village)
    page = village.page
    page.fill("[name=words]", "The harvest was lost.")
    page.select_option("[name=work_class]", "A")
    page.select_option("[name=cause]", "illness")
    page.select_option("[name=category]", "general")
    for code in build.CRITERIA:
        page.select_option(f"[name=met_{code}]", "no" if code == "income" else "yes")
        page.fill(f"[name=evidence_{code}]", "visit of 3 May")
    village.submit().fine(axe=False)
    return page.url.split("/aid/")[1]


def posted(village: Visit) -> None:
    """The meeting of ten days ago, and the list that hung since."""
    page, day = village.page, (timezone.localdate() - timedelta(days=10)).isoformat()
    page.get_by_role("link", name="Post a list").click()
    village.settle().fine()
    page.check("[name=reviews]")
    for name, value in {
        "met_on": day,
        "attended": "34",
        "minutes": "Minutes 9",
        "posted_where": "Village hall",
        "posted_from": day,
    }.items():
        page.fill(f"[name={name}]", value)
    village.submit().fine(axe=False)


def agreed(window: Visit, review: str) -> Visit:
    """Whoever is next says yes."""
    window.go(f"/aid/{review}").fine(axe=False)
    window.page.fill("[name=paper]", "Form 7")
    window.page.locator("form", has=window.page.locator("[name=paper]")).get_by_role(
        "button", name="Write down"
    ).click()
    return window.settle().fine(axe=False)


def test_a_removed_household_returns_by_three_people(visit: Open) -> None:
    home = build.poor()
    build.approve(build.review(home))
    people = {name: getattr(cast, name)() for name in ("tian", "zhou", "ma", "sun")}
    village = visit(PHONE, language="en").come_in(people["tian"])
    township, county, school = (
        visit(language="en").come_in(people[name]) for name in ("zhou", "ma", "sun")
    )
    review = proposed(village, home)
    posted(village)
    assert "Township" in text(agreed(village, review))
    county.go(f"/aid/{review}").fine()
    assert county.page.locator("[name=paper]").count() == 0, "it is not their turn yet"
    agreed(township, review)
    assert "Approved" in text(agreed(county, review))
    card = text(county.go(f"/aid/households/cards/{home.number}/").fine(axe=False))
    assert "Returned" in card
    assert "Identified" in card
    assert "田大山" not in card
    school.go(f"/aid/{review}").expect_fault("404")
    assert [row.begun for row in home.statuses.all()] == ["identified", "returned"]
