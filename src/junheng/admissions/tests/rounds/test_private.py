"""Private schools draw lots, by law: rules from a page follow the register, files must say it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import PlannedIntake, Round
from junheng.admissions.selectors.second import schools_with_seats
from junheng.admissions.services import loading, making, planning, private, steps
from junheng.admissions.services.private import PrivateSchoolsDrawLots
from junheng.admissions.tests.rounds import builders
from junheng.admissions.web.making_forms import RulesForm
from junheng.admissions.web.public_words import rules_in_words
from junheng.admissions.web.rule_words import changed_rules
from junheng.registry.models import School
from junheng.registry.tests import builders as registry

pytestmark = pytest.mark.django_db
SECTIONS: dict[str, dict[str, object]] = {
    "round": {"class_cap": 55, "priority": ["tier", "ticket"], "choices_only": False},
    "lottery": {"method": "hmac-sha256"},
    "diversion": {"mode": "zone"},
}
TEXT = making.Announced("Near home.", None, None)


@pytest.fixture
def lark(db: None) -> School:
    """A private school beside the two public ones."""
    builders.county()
    registry.facts(cast.school("school-1"))
    return registry.facts(cast.school("school-3"), ownership="private", entry_classes=1)


def typed(li: User, mode: str = "zone") -> Round:
    head = {"ref": "2026-g1", "year": 2026, "level": "primary"}
    sections = {**SECTIONS, "round": SECTIONS["round"] | head}
    sections |= {"diversion": {"mode": mode}}
    if mode == "grade":
        sections["round"]["version"] = 2
    return making.make_round(builders.county(), sections, TEXT, by=li)


def rules(the_round: Round) -> dict[str, Any]:
    found: dict[str, Any] = builders.fresh(the_round).rules
    return found


def test_a_private_school_of_the_plan_draws_lots_without_a_word(lark: School, li: User) -> None:
    the_round = typed(li)
    assert "by_lottery" not in rules(the_round)
    planning.begin_plan(the_round, by=li)
    assert (rules(the_round)["by_lottery"], rules(the_round)["version"]) == (["school-3"], 3)


def test_no_form_of_the_rules_can_switch_it_off(lark: School, li: User) -> None:
    the_round = typed(li)
    planning.begin_plan(the_round, by=li)
    assert not [name for name in RulesForm.base_fields if "lottery" in name]
    making.change_round(builders.fresh(the_round), TEXT, by=li, sections=SECTIONS)
    assert rules(the_round)["by_lottery"] == ["school-3"]


@pytest.mark.parametrize(("mode", "version"), [("zone", 1), ("grade", 2)])
def test_a_school_that_is_no_longer_private_draws_no_lots(
    lark: School, li: User, mode: str, version: int
) -> None:
    the_round = typed(li, mode)
    planning.begin_plan(the_round, by=li)
    assert rules(the_round)["version"] == 3
    School.objects.filter(pk=lark.pk).update(ownership="public")
    planning.begin_plan(the_round, by=li)
    assert "by_lottery" not in rules(the_round)
    assert rules(the_round)["version"] == version


def test_files_that_let_a_private_school_take_children_otherwise_are_not_loaded(
    lark: School, li: User
) -> None:
    with pytest.raises(PrivateSchoolsDrawLots, match=r"school-3 \(school-3\)\. Name their codes"):
        builders.loaded(li)
    assert not Round.objects.exists()
    the_round = builders.loaded(li, by_lottery="school-3")
    planning.begin_plan(the_round, by=li)
    assert rules(the_round)["by_lottery"] == ["school-3"]


def test_files_without_the_private_school_are_none_of_its_business(lark: School, li: User) -> None:
    schools = builders.SCHOOLS.replace("school-3,", "school-9,")
    choices = builders.CHOICES.replace("school-3", "school-9")
    assert builders.loaded(li, schools=schools, choices=choices).input is not None


def test_a_public_school_may_draw_lots_as_well(li: User) -> None:
    assert rules(builders.loaded(li, by_lottery="school-3"))["by_lottery"] == ["school-3"]


def test_a_round_is_not_opened_past_a_school_that_became_private(li: User) -> None:
    registry.facts(cast.school("school-3"))
    the_round = builders.loaded(li)
    builders.named(the_round, li)
    School.objects.update(ownership="private")
    with pytest.raises(PrivateSchoolsDrawLots):
        steps.ask(steps.OPEN, the_round, by=li)


def test_announced_rules_hold_for_every_later_list(lark: School, li: User) -> None:
    the_round = builders.opened(li, cast.wu(), by_lottery="school-3")
    School.objects.filter(pk=lark.pk).update(ownership="public")
    with pytest.raises(loading.AnnouncedStays):
        builders.loaded(li)
    assert rules(the_round)["by_lottery"] == ["school-3"]


def test_rules_announced_before_there_were_such_schools_are_still_the_same(li: User) -> None:
    """They were kept without the key, and files of version 1 still read so."""
    assert "by_lottery" not in rules(builders.loaded(li))
    assert private.with_lotteries({"version": 1, "mode": "zone"}, ()) == {
        "version": 1,
        "mode": "zone",
    }


def test_a_second_round_draws_where_the_first_one_drew(li: User) -> None:
    """Also at a public school, which only files could name; a changed text does not lose it."""
    first = builders.loaded(li, by_lottery="school-3", ref="2026-g0")
    second = typed(li)
    row = {"classes": 1, "class_size": 1, "seats": 1, "path": second.path}
    PlannedIntake.objects.create(round=second, code="school-3", **row)
    second.second_of = first
    private.follow_register(second)
    assert rules(second)["by_lottery"] == ["school-3"]
    assert schools_with_seats(second) == (("school-3", "school-3 (by lottery) (1)"),)


# --------------------------------------------------------------------------- what pages say


def test_the_plan_marks_the_school_and_families_read_what_it_means(
    lark: School, li: User, client: Client
) -> None:
    the_round = builders.loaded(li, by_lottery="school-3")
    planning.begin_plan(the_round, by=li)
    client.force_login(li)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("admissions:plan", args=[the_round.pk])).content.decode()
    assert page.count("by lottery") == 1
    words = list(rules_in_words(rules(the_round), {"school-3": "Lark School"}))
    assert "Open by lottery, for whoever names them: Lark School." in words[2]
    assert "Naming such a school costs nothing" in words[3]
    page = client.get(reverse("admissions:rules", args=[the_round.pk])).content.decode()
    assert "Open by lottery, for whoever names them: school-3." in page


def test_a_change_of_these_schools_is_shown_before_it_is_loaded(li: User) -> None:
    before = builders.loaded(li)
    after = rules(before) | {"by_lottery": ["school-3"], "version": 3}
    assert {(one.name, one.was, one.becomes) for one in changed_rules(before, after)} == {
        ("Open by lottery", "—", "school-3"),
        ("Version of the format", "1", "3"),
    }
