"""A family flagged by a register of cars answers and stays; the share of wrong flags moves."""

from __future__ import annotations

import pytest

from junheng.accounts.tests import cast
from junheng.aid.models import HouseholdStatus
from junheng.aid.tests.checks import builders as build
from tests.browser import PHONE, Open, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = "The car is my brother's; he lives in town."


def text(window: Visit) -> str:
    return window.page.inner_text("main")


def share(window: Visit) -> str:
    return text(window.go("/aid/households/checks/wrong-flags/").fine())


def visited(village: Visit) -> None:
    """The village officer goes there and writes down what the family says."""
    village.go("/aid/households/checks/").fine()
    village.page.locator("tbody a").first.click()
    village.settle().fine()
    assert "Vehicles" in text(village)
    assert "田大山" not in text(village)
    village.page.fill("[name=said]", SAID)
    village.page.get_by_role("button", name="Write down").click()
    village.settle().fine()
    assert "the township or the bureau decides" in text(village)


def decided(township: Visit, number: str) -> None:
    """Somebody of the township reads both sides and decides."""
    township.go(f"/aid/households/checks/visits/{number}/").fine()
    page = township.page
    assert SAID in text(township)
    assert "98,000.00" in text(township)
    page.locator("select[name^=hit_]").select_option("yes")
    page.select_option("[name=outcome]", "stays")
    page.fill("[name=words]", "The brother's papers were seen.")
    page.get_by_role("button", name="Decide").click()
    township.settle().fine()
    assert "Stays" in text(township)


def test_a_flagged_family_answers_and_stays_by_two_people(visit: Open) -> None:
    flagged = build.flagged()
    people = {name: getattr(cast, name)() for name in ("tian", "zhou", "ma", "sun")}
    village = visit(PHONE, language="en").come_in(people["tian"])
    township, bureau, school = (
        visit(language="en").come_in(people[name]) for name in ("zhou", "ma", "sun")
    )
    assert "0" in share(bureau)
    assert "100.0 %" not in share(bureau)
    visited(village)
    decided(township, flagged.number)
    assert "100.0 %" in share(bureau)
    card = text(bureau.go(f"/aid/households/cards/{flagged.household.number}/").fine(axe=False))
    assert flagged.number in card
    school.go(f"/aid/households/checks/visits/{flagged.number}/").expect_fault("404")
    assert HouseholdStatus.objects.filter(valid_to=None).count() == 1
