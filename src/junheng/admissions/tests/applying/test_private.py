"""A family names a school open by lottery: asked in plain words, carried through to the seat."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, ApplicationDraft, Round
from junheng.admissions.selectors.children import priority_at
from junheng.admissions.services import applying
from junheng.admissions.services.applying import answers_of
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.applying.test_enlisting import asked_for, listed, through
from junheng.admissions.tests.applying.test_pages import begun, filled
from junheng.admissions.tests.rounds import builders as rounds
from junheng.admissions.web.apply_forms import WishesForm

pytestmark = pytest.mark.django_db
LARK, ZONE = (("lark", "Lark School"),), (("a", "A School"),)
SHARED = (("a", "A School"), ("b", "B School"))


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu(), by_lottery="school-3")


def said(data: dict[str, str], zone: Any = ZONE, **more: Any) -> list[str]:
    form = WishesForm(data, schools=zone, lotteries=LARK, path="/", **more)
    assert form.is_valid(), form.errors
    schools: list[str] = form.answers()["schools"]
    return schools


@pytest.mark.parametrize(
    ("wishes", "zone", "kept"),
    [
        pytest.param(("a", ""), ZONE, [], id="as it stands: nothing is wished for"),
        pytest.param(("lark", ""), ZONE, ["lark"], id="the zone's school follows by itself"),
        pytest.param(("lark", "a"), ZONE, ["lark"], id="said once more, the same"),
        pytest.param(("a", "lark"), ZONE, ["a", "lark"], id="the public school first"),
        pytest.param(("lark",), (), ["lark"], id="an address that belongs nowhere yet"),
        pytest.param(("",), (), [], id="such an address, and no wish"),
        pytest.param(("a", "", "lark"), SHARED, ["a", "lark", "b"], id="a gap is none"),
        pytest.param(("lark", "b", ""), SHARED, ["lark", "b", "a"], id="none of the zone is lost"),
    ],
)
def test_what_a_family_wishes_for(wishes: tuple[str, ...], zone: Any, kept: list[str]) -> None:
    data = {f"wish_{rank}": code for rank, code in enumerate(wishes, start=1)}
    assert said(data, zone) == kept


def test_where_only_choices_count_the_zones_school_is_one(the_round: Round) -> None:
    assert said({"wish_1": "lark", "wish_2": ""}, choices_only=True) == ["lark", "a"]


def test_a_school_is_a_wish_once() -> None:
    form = WishesForm({"wish_1": "lark", "wish_2": "lark"}, schools=ZONE, lotteries=LARK, path="/")
    assert "Every school can be a wish once." in str(form.errors)


def test_without_such_schools_the_page_is_as_it_was() -> None:
    form = WishesForm(None, schools=SHARED, path="/")
    assert form.words == []
    assert [field.required for field in form.fields.values()] == [True, True]


# ----------------------------------------------------------------------------- from the phone


def test_a_family_is_told_what_the_lottery_means_and_sees_its_wishes(
    client: Client, the_round: Round
) -> None:
    client.force_login(builders.family())
    client.cookies["django_language"] = "en"
    draft = begun(client, the_round)
    at = f"/apply/drafts/{draft.pk}"
    assert "school open by lottery: school-3" in client.get(f"{at}/home/").content.decode()
    filled(client, draft, lottery="on")
    page = client.get(f"{at}/wishes/").content.decode()
    assert "lots decide and nothing else" in page
    assert "keeps its whole claim" in page
    answer = client.post(f"{at}/wishes/", {"wish_1": "school-3", "wish_2": ""})
    assert answer["location"] == f"{at}/check/"
    page = client.get(f"{at}/check/").content.decode()
    assert page.index("Wish 1") < page.index("<dd>school-3</dd>") < page.index("Wish 2")
    client.post(f"{at}/check/", {"declared": "1"})
    assert Application.objects.get().wishes == ["school-3"]


def test_who_wants_no_lottery_has_a_page_less_and_may_change_its_mind(
    client: Client, the_round: Round
) -> None:
    client.force_login(builders.family())
    draft = begun(client, the_round)
    at = f"/apply/drafts/{draft.pk}"
    filled(client, draft, lottery="on")
    client.post(f"{at}/wishes/", {"wish_1": "school-3", "wish_2": ""})
    filled(client, draft)
    assert client.get(f"{at}/wishes/").status_code == 404
    client.post(f"{at}/check/", {"declared": "1"})
    assert Application.objects.get().wishes == []


def test_who_settles_an_application_reads_the_wishes_by_name(
    client: Client, the_round: Round, li: User
) -> None:
    draft = builders.drafted(the_round, builders.family())
    applying.save_page(draft, "wishes", {"schools": ["school-3", "school-1"]}, done=4)
    made = applying.submit(draft.pk, owner=builders.family())
    client.force_login(li)
    client.cookies["django_language"] = "en"
    page = client.get(f"/rounds/applications/{made.number}/")
    assert page.status_code == 200
    words = page.content.decode()
    assert words.index("<dd>school-3</dd>") < words.index("<dd>Chengguan Primary</dd>")


def test_another_home_asks_for_the_wishes_again(the_round: Round) -> None:
    draft = builders.drafted(the_round, builders.family())
    applying.save_page(draft, "wishes", {"schools": ["school-3"]}, done=4)
    same = builders.answers()["home"]
    applying.save_page(draft, "home", same, done=2)
    assert "wishes" in answers_of(draft)
    applying.save_page(draft, "home", same | {"schools": [["x", "X"]]}, done=2)
    assert "wishes" not in answers_of(ApplicationDraft.objects.get(pk=draft.pk))


def test_twins_begin_with_the_same_wishes(the_round: Round) -> None:
    owner = builders.family()
    first_draft = builders.drafted(the_round, owner)
    applying.save_page(first_draft, "wishes", {"schools": ["school-3"]}, done=4)
    first = applying.submit(first_draft.pk, owner=owner)
    draft = applying.begin(the_round, owner=owner)
    applying.fill_in_like(draft, first.number, twins=True)
    drawn = answers_of(draft)["drawn"]
    assert (drawn["wishes"], drawn["home"]["lottery"]) == ({"schools": ["school-3"]}, True)


# ------------------------------------------------------------------------------- to the seat


def test_the_wish_is_carried_through_to_the_drawing(the_round: Round, li: User) -> None:
    """school-3 has one seat; two of three families name it, and the smaller ticket has it."""
    made = [through(asked_for(the_round, number), tier=number) for number in (1, 2, 3)]
    for one in made[:2]:
        one.wishes = ["school-3"]
        one.save(update_fields=["wishes"])
    loaded = listed(the_round, li)
    assert loaded.rules["by_lottery"] == ["school-3"]
    record = rounds.ran(loaded)
    seated = {row.code: row for row in record.placements.select_related("school")}
    winner, other = sorted(made[:2], key=lambda one: seated[one.code].ticket)
    assert (seated[winner.code].school.code, seated[winner.code].how) == ("school-3", "choice")
    assert seated[other.code].school.code == "school-1"
    assert priority_at(record, "school-3") == ("ticket",)
    assert '"drawing":{"families":2,"number":2}' in seated[other.code].reasons.body
