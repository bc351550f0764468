"""A round made on a page: what it says, what it refuses, and that files keep to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.engine.clauses import due_in
from junheng.admissions.engine.types import Rules
from junheng.admissions.models import PlannedIntake, Round
from junheng.admissions.services import loading, making, steps
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.tests.rounds import builders
from junheng.admissions.web.rule_words import changed_rules
from junheng.commons.tests import roles

DAY = timedelta(days=1)
NOTHING = making.Announced("", None, None)


def window(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def typed(**different: str) -> dict[str, str]:
    """What the form sends."""
    place = builders.county()
    return {
        "place": str(place.pk),
        "ref": "2026-g1",
        "year": "2026",
        "level": "primary",
        "class_cap": "55",
        "priority": "tier,sibling,ticket",
        "method": "hmac-sha256",
        "mode": "zone",
        "max_distance_m": "",
        "silence": "nearest",
        "unranked": "decline",
        "policy": "Every child near home.",
        "born_from": "",
        "born_by": "",
    } | different


def made(li: User, **different: str) -> Round:
    window(li).post(reverse("admissions:new_round"), typed(**different))
    found: Round = Round.objects.get()
    return found


def rules_page(the_round: Round) -> str:
    return reverse("admissions:rules", args=[the_round.pk])


def test_a_round_is_made_and_leads_on_to_its_calendar(li: User) -> None:
    answer = window(li).post(reverse("admissions:new_round"), typed())
    the_round = Round.objects.get()
    assert answer["location"] == reverse("admissions:calendar", args=[the_round.pk])
    assert (the_round.state, the_round.created_by) == (Round.State.PLANNED, li)
    assert the_round.rules["class_cap"] == 55
    assert the_round.acts.get().deed == "made"


def test_ages_are_those_of_the_law_unless_said_otherwise(li: User) -> None:
    the_round = made(li)
    assert (the_round.born_from, the_round.born_by) == (date(2019, 9, 1), date(2020, 8, 31))


def test_other_ages_stand_as_they_were_typed(li: User) -> None:
    the_round = made(li, born_from="2019-10-01", born_by="2020-09-30")
    assert (the_round.born_from, the_round.born_by) == (date(2019, 10, 1), date(2020, 9, 30))


def test_for_lower_secondary_school_no_age_is_made_up() -> None:
    assert due_in(2026, "lower_secondary") is None


@pytest.mark.parametrize(
    ("mode", "version", "silence"),
    [("none", 1, None), ("zone", 1, None), ("open", 2, "nearest"), ("grade", 2, None)],
)
def test_each_mode_of_diversion_can_be_laid_down(
    li: User, mode: str, version: int, silence: str | None
) -> None:
    rules = made(li, mode=mode).rules
    assert (rules["mode"], rules["version"], rules["silence"]) == (mode, version, silence)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("class_cap", "56", "less than or equal to 55"),
        ("ref", "a,b", "Write a short name"),
        ("born_by", "2018-01-01", "lies before the first one"),
    ],
)
def test_what_cannot_stand_comes_back(li: User, field: str, value: str, words: str) -> None:
    answer = window(li).post(
        reverse("admissions:new_round"), typed(**{"born_from": "2019-09-01", field: value})
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Round.objects.exists()


def test_a_name_is_given_once(li: User) -> None:
    made(li)
    answer = window(li).post(reverse("admissions:new_round"), typed())
    assert answer.status_code == 422
    assert "There is a round 2026-g1 already" in answer.content.decode()


def test_an_officer_makes_rounds_for_the_own_county_only(li: User) -> None:
    cast.counties()
    other = str(cast.qian().pk)
    assert window(li).post(reverse("admissions:new_round"), typed(place=other)).status_code == 422
    assert not Round.objects.exists()


def test_every_page_of_a_round_without_files_opens(li: User) -> None:
    the_round = made(li)
    client = window(li)
    for name in ("round", "rules", "plan", "calendar", "roster", "act"):
        assert client.get(reverse(f"admissions:{name}", args=[the_round.pk])).status_code == 200


def test_text_and_rules_change_while_planned(li: User) -> None:
    the_round = made(li)
    page = window(li).post(
        rules_page(the_round), typed(policy="Near home.", class_cap="50"), follow=True
    )
    the_round.refresh_from_db()
    assert "Near home." in page.content.decode()
    assert (the_round.rules["class_cap"], the_round.rules["ref"]) == (50, "2026-g1")


def test_rules_that_came_with_files_are_not_typed_over(li: User) -> None:
    the_round = builders.loaded(li)
    sections = {"round": {}, "lottery": {"method": "hmac-sha256"}, "diversion": {}}
    with pytest.raises(making.RulesFromFiles):
        making.change_round(the_round, NOTHING, by=li, sections=sections)
    window(li).post(rules_page(the_round), typed(class_cap="40"))
    the_round.refresh_from_db()
    assert (the_round.rules["class_cap"], the_round.policy) == (55, "Every child near home.")


def test_nothing_changes_once_it_is_open(li: User) -> None:
    the_round = builders.opened(li, cast.wu(), after=DAY)
    with pytest.raises(OutOfTurn):
        making.change_round(the_round, NOTHING, by=li)
    assert "Change" not in window(li).get(rules_page(the_round)).content.decode()


def test_the_page_says_that_the_plan_follows_a_new_cap(li: User) -> None:
    the_round = made(li)
    PlannedIntake.objects.create(
        round=the_round, code="school-1", classes=1, class_size=55, seats=55, path="/"
    )
    shown = window(li).post(rules_page(the_round), typed(class_cap="50"), follow=True)
    assert "1 school has other seats now" in shown.content.decode()


def preview(li: User, **different: Any) -> str:
    upload = builders.uploaded(li, **different)
    return window(li).get(reverse("admissions:upload", args=[upload.pk])).content.decode()


def test_the_preview_says_which_typed_rules_the_files_replace(li: User) -> None:
    the_round = made(li, class_cap="50", mode="none")
    PlannedIntake.objects.create(
        round=the_round, code="a", classes=1, class_size=55, class_cap=50, seats=50, path="/"
    )
    shown = preview(li)
    assert "The files change the rules of the round" in shown
    assert '<td data-label="Was">50</td><td data-label="Becomes"><strong>55</strong>' in shown
    assert '<td data-label="Was">stay without</td>' in shown
    assert "1 school of the plan gets other seats" in shown
    assert shown.count('data-label="Was"') == 2
    the_round.refresh_from_db()
    assert the_round.rules["class_cap"] == 50


def test_the_preview_is_silent_about_rules_that_stay(li: User) -> None:
    made(li)
    assert "The files change the rules" not in preview(li)


def test_the_preview_says_that_announced_rules_stay(li: User) -> None:
    opened_without_files(li)
    shown = preview(li, cap=54)
    assert "These files bring other rules than those announced" in shown
    assert '<button class="btn btn-primary" type="submit" disabled>' in shown


def test_the_preview_says_that_the_plan_has_more_taken_than_a_cap_leaves(li: User) -> None:
    the_round = made(li)
    PlannedIntake.objects.create(
        round=the_round, code="a", classes=1, class_size=55, continuing=20, seats=35, path="/"
    )
    shown = preview(li, cap=10, schools=builders.SCHOOLS)
    assert "With at most 10 pupils in a class" in shown


OTHERWISE = {
    "year": 2027,
    "level": "lower_secondary",
    "class_cap": 40,
    "priority": ["ticket"],
    "choices_only": True,
    "bbox": [1.0, 2.0, 3.0, 4.0],
    "method": "ring-interval",
    "mode": "none",
    "max_distance_m": 900,
    "version": 3,
    "by_lottery": ["school-3"],
    "silence": "decline",
    "unranked": "decline",
    "first_run": "0" * 64,
}


@pytest.mark.parametrize("name", sorted(set(Rules.__slots__) - {"ref", "seed"}))
def test_no_rule_changes_unsaid(li: User, name: str) -> None:
    the_round = made(li, mode="open", unranked="nearest")
    (change, *more) = changed_rules(the_round, {**the_round.rules, name: OTHERWISE[name]})
    assert change.was != change.becomes
    assert not more or name == "mode"


def opened_without_files(li: User) -> Round:
    """A round that was made, planned and opened before anybody applied."""
    the_round = made(li)
    PlannedIntake.objects.create(
        round=the_round, code="school-1", classes=1, class_size=2, class_cap=55, seats=2, path="/"
    )
    builders.named(the_round, li, after=DAY)
    builders.both(steps.OPEN, the_round, li, cast.wu())
    return builders.fresh(the_round)


def test_files_that_come_later_keep_to_the_rules_that_were_announced(li: User) -> None:
    the_round = opened_without_files(li)
    with pytest.raises(loading.AnnouncedStays):
        builders.loaded(li, at=the_round.place, cap=54)


def test_the_site_cannot_change_announced_rules_by_sql(li: User) -> None:
    opened_without_files(li)
    refused = pytest.raises(DatabaseError, match="its rules never change")
    with refused, transaction.atomic(), roles.as_the_site(), connection.cursor() as cursor:
        cursor.execute("UPDATE admissions_round SET rules = '{}'")
