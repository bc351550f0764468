"""The auditors' pages and the showing of masked values: seen only within one's part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from junheng.accounts.access import tracking
from junheng.accounts.models import Outcome, ReadLog, SignIn, User
from junheng.accounts.services import people, revealing
from junheng.accounts.services.reading import note_read
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, browser
from junheng.places.models import Level, Organisation, Place, Role

pytestmark = pytest.mark.django_db


def page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def body(client: Client, url: str) -> str:
    """Only the rows: filters and menu hold the same words."""
    return page(client, url).partition("<tbody>")[2].partition("</tbody>")[0]


# ------------------------------------------------------------------------ sign-ins


def test_sign_ins_of_the_part_and_of_names_that_are_no_account_are_listed(
    signed_in: SignedIn,
) -> None:
    cast.zhao()
    signed_in(cast.sun())
    signed_in(cast.qian())
    browser().post("/accounts/login/", {"login": "nobody", "password": "x"})
    shown = body(signed_in(cast.wei()), "/accounts/sign-ins/")
    assert "Sun" in shown
    assert "no account" in shown
    assert "nobody" not in shown
    assert "Qian" not in shown


def test_sign_ins_narrow_down_by_day_outcome_and_address(signed_in: SignedIn) -> None:
    sun = cast.sun()
    for days, outcome, address in ((0, Outcome.LOCKED, "10.1.1.1"), (3, Outcome.WRONG, "10.2.2.2")):
        SignIn.objects.create(
            user=sun,
            username="sun",
            home_path=sun.home.path if sun.home else "",
            outcome=outcome,
            address=address,
            at=timezone.now() - timedelta(days=days),
        )
    client = signed_in(cast.zheng())
    before = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert "10.2.2.2" not in body(client, f"/accounts/sign-ins/?since={before}")
    assert "10.1.1.1" not in body(client, f"/accounts/sign-ins/?until={before}")
    assert "10.2.2.2" in body(client, f"/accounts/sign-ins/?until={before}")
    assert "10.2.2.2" not in body(client, "/accounts/sign-ins/?outcome=locked")
    assert "10.1.1.1" in body(client, "/accounts/sign-ins/?address=10.1.")
    assert "10.2.2.2" in body(client, "/accounts/sign-ins/?q=sun")


# ------------------------------------------------------------------------ masked values


@pytest.fixture
def school_names() -> Iterator[None]:
    """A kind whose rows only those see in whose part they lie; its name may be revealed."""

    def find(user: User, key: str) -> Organisation | None:
        from junheng.accounts.facade import scope_q

        return Organisation.objects.filter(scope_q(user), code=key).first()

    def clear(organisation: Organisation) -> str:
        assert ReadLog.objects.filter(key=str(organisation.pk)).exists(), "shown before logged"
        return f"clear name of {organisation.name}"

    fields = {"name": revealing.Field("Name of the school", clear)}
    revealing.register("test-school", find=find, fields=fields)
    yield
    del revealing._kinds["test-school"]


def address(key: str = "school-1", field: str = "name") -> str:
    return reverse("accounts:reveal", args=["test-school", key, field])


@pytest.mark.usefixtures("school_names")
def test_a_masked_value_is_shown_for_a_reason_once_and_logged_first(signed_in: SignedIn) -> None:
    school, client = cast.school(), signed_in(cast.li())
    asked = client.get(address())
    assert "clear name" not in asked.content.decode()
    assert not ReadLog.objects.exists()
    shown = client.post(address(), {"why": "mother on the telephone"})
    assert "clear name of Primary School school-1" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    row = ReadLog.objects.get()
    assert (row.reader.username, row.kind, row.key) == ("li", "places.organisation", str(school.pk))
    assert (row.fields, row.reason) == (["name"], "mother on the telephone")
    assert row.address == "127.0.0.1"
    assert "clear name" not in page(client, address())


@pytest.mark.usefixtures("school_names")
@pytest.mark.parametrize("why", ["", " ", "x", "x" * 201])
def test_without_a_proper_reason_nothing_is_shown(signed_in: SignedIn, why: str) -> None:
    cast.school()
    answer = signed_in(cast.li()).post(address(), {"why": why})
    assert "clear name" not in answer.content.decode()
    assert not ReadLog.objects.exists()


@pytest.mark.usefixtures("school_names")
def test_strangers_and_guesses_find_nothing_and_leave_no_reading(signed_in: SignedIn) -> None:
    cast.school()
    why = {"why": "curious"}
    for somebody in (cast.qian(), cast.zhao(), cast.feng(), cast.wei()):
        assert signed_in(somebody).post(address(), why).status_code == 404
    li = signed_in(cast.li())
    for guess in (address("school-2"), address(field="phone"), "/accounts/reveal/x/1/name/"):
        assert li.post(guess, why).status_code == 404
    assert browser().post(address(), why)["Location"].startswith("/accounts/login/")
    assert not ReadLog.objects.exists()


@pytest.mark.usefixtures("school_names")
def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        revealing.register("test-school", find=lambda _user, _key: None, fields={})


def test_readings_of_the_part_are_listed_and_cannot_be_changed(signed_in: SignedIn) -> None:
    note_read(cast.li(), cast.school(), ["phone"], "asked for by li")
    note_read(cast.qian(), cast.school(), ["phone"], "asked for by qian")
    client = signed_in(cast.zheng())
    shown = body(client, "/accounts/readings/")
    assert "asked for by li" in shown
    assert "asked for by qian" not in shown
    assert "asked for by li" in body(
        client, "/accounts/readings/?q=li&key=" + str(cast.school().pk)
    )
    assert "asked for by li" not in body(client, "/accounts/readings/?key=0")
    with pytest.raises(ProgrammingError, match="never changes"):
        ReadLog.objects.all().delete()


# ------------------------------------------------------------------------ changes


def test_changes_of_the_part_are_found_by_who_did_them(signed_in: SignedIn) -> None:
    clerk, _qian, client = (
        cast.person("jiang", at=cast.school()),
        cast.qian(),
        signed_in(cast.wei()),
    )
    signed_in(cast.feng()).post(f"/accounts/people/{clerk.pk}/close/", {"why": "left"})
    everything = body(client, "/accounts/changes/?kind=accounts.user")
    assert f"/accounts/changes/accounts.user/{clerk.pk}/" in everything
    assert f"/accounts.user/{cast.qian().pk}/" not in everything
    by_feng = body(client, "/accounts/changes/?kind=accounts.user&username=feng")
    assert "left" in by_feng
    assert by_feng.count("<tr") == 1
    assert "<tr" not in body(client, "/accounts/changes/?kind=accounts.user&username=li")
    assert "left" in body(client, f"/accounts/changes/?kind=accounts.user&number={clerk.pk}")
    today = timezone.localdate().isoformat()
    assert "<tr" not in body(client, "/accounts/changes/?kind=accounts.user&until=2020-01-01")
    assert "left" in body(client, f"/accounts/changes/?kind=accounts.user&since={today}")


def test_a_row_s_history_tells_before_and_after(signed_in: SignedIn) -> None:
    clerk = cast.person("jiang", at=cast.school())
    people.close_account(by=cast.feng(), user=clerk, why="left")
    client = signed_in(cast.zheng())
    shown = page(client, f"/accounts/changes/accounts.user/{clerk.pk}/")
    assert "left" in shown
    assert "<td>yes</td><td>no</td>" in shown


def test_private_fields_say_only_that_they_changed(signed_in: SignedIn) -> None:
    clerk = cast.person("jiang", at=cast.school())
    known = tracking.tracked_kinds()["accounts.user"]
    tracking.register(User, path=known.path, private={"name"})
    shown = page(signed_in(cast.zheng()), f"/accounts/changes/accounts.user/{clerk.pk}/")
    tracking.register(User, path=known.path, about=known.about)
    assert "Jiang" not in shown
    assert "•••" in shown


def test_the_history_of_another_county_does_not_exist(signed_in: SignedIn) -> None:
    client = signed_in(cast.wei())
    for address in (f"accounts.user/{cast.qian().pk}/", "accounts.user/0/", "auth.group/1/"):
        assert client.get(f"/accounts/changes/{address}").status_code == 404


def test_every_kind_of_change_is_found(signed_in: SignedIn) -> None:
    client = signed_in(cast.zheng())
    cast.school()
    for kind, about in (
        ("places.place", "990100 · Yunhuai County"),
        ("places.organisation", "school-1 · Primary School school-1"),
        ("places.post", "Bureau of 990100 · Auditor"),
        ("accounts.user", "zheng · Zheng"),
        ("accounts.appointment", "Zheng · Bureau of 990100 · Auditor"),
    ):
        assert about in body(client, f"/accounts/changes/?kind={kind}")
    assert "<tr" not in body(client, "/accounts/changes/?kind=no.such")


def test_signing_in_is_no_change_of_the_account(signed_in: SignedIn) -> None:
    sun = cast.sun()
    events = tracking.tracked_kinds()["accounts.user"].events.filter(pgh_obj_id=sun.pk)
    before = events.count()
    signed_in(sun)
    assert events.count() == before


def test_the_logs_ask_no_more_for_more_rows(
    signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(30):
        cast.person(f"clerk{n}", Role.SCHOOL_CLERK, cast.school(f"s{n}"))
        signed_in(User.objects.get(username=f"clerk{n}"))
    client = signed_in(cast.zheng())
    client.get("/accounts/sign-ins/")
    for url in ("/accounts/sign-ins/", "/accounts/changes/", "/accounts/readings/"):
        with django_assert_max_num_queries(8):
            client.get(url)


# ------------------------------------------------------------------------ the tree


def test_an_officer_goes_down_from_the_county(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    cast.school()
    top = body(client, "/places/")
    assert "Yunhuai County" in top
    assert "Linhe" not in top
    assert "Chengguan" not in top
    county = page(client, f"/places/in/{cast.COUNTY}/")
    assert "Chengguan Township" in county
    assert "Bureau of 990100" in county
    assert "East Village" in body(client, f"/places/in/{cast.TOWNSHIP}/")
    assert "No place inside" in page(client, f"/places/in/{cast.VILLAGE}/")


def test_looking_for_something_looks_through_everything_below(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    assert "East Village" in body(client, "/places/?q=East")
    assert "East Village" in body(client, f"/places/in/{cast.TOWNSHIP}/?level=village")
    assert "East Village" not in body(client, f"/places/in/{cast.NEXT_TOWNSHIP}/?level=village")


def test_a_clerk_sees_the_place_of_the_school_and_no_other(signed_in: SignedIn) -> None:
    client = signed_in(cast.sun())
    assert "Chengguan Township" in body(client, "/places/")
    assert client.get(f"/places/in/{cast.COUNTY}/").status_code == 404
    assert client.get(f"/places/in/{cast.NEXT_TOWNSHIP}/").status_code == 404
    shown = body(client, "/places/organisations/")
    assert "Primary School school-1" in shown
    assert "Bureau" not in shown


def test_what_has_ended_says_so_and_can_be_left_out(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    cast.school()
    yesterday = timezone.localdate() - timedelta(days=1)
    Place.objects.filter(code=cast.VILLAGE).update(valid_to=yesterday)
    Organisation.objects.filter(code="school-1").update(valid_to=yesterday)
    assert yesterday.isoformat() in body(client, f"/places/in/{cast.TOWNSHIP}/")
    assert "East" not in body(client, f"/places/in/{cast.TOWNSHIP}/?today=on")
    assert "school-1" in body(client, "/places/organisations/?kind=primary")
    assert "school-1" not in body(client, "/places/organisations/?today=on&q=school")


def test_an_office_is_opened_within_the_part_only(signed_in: SignedIn) -> None:
    client = signed_in(cast.feng())
    data = {"code": "o-1", "name": "Office", "kind": "township_office", "place": cast.TOWNSHIP}
    assert client.post("/places/organisations/new/", data).status_code == 302
    assert Organisation.objects.get(code="o-1").path.startswith("/99/9901/990100/990100001/@o-1")
    assert "exists" in client.post("/places/organisations/new/", data).content.decode()
    for wrong, words in (
        ({"code": "o 2"}, "Use letters"),
        ({"code": "o-2", "place": cast.NEXT_COUNTY}, "No place within your part"),
        ({"code": "o-2", "kind": "primary"}, "Select a valid choice"),
    ):
        answer = client.post("/places/organisations/new/", data | wrong).content.decode()
        assert words in answer


def test_an_organisation_is_renamed_and_ended_with_a_reason(signed_in: SignedIn) -> None:
    client = signed_in(cast.feng())
    office = cast.township_office()
    Organisation.objects.filter(pk=office.pk).update(valid_from="2020-01-01")
    url = f"/places/organisations/{office.code}/"
    data = {"name": "New Office", "valid_to": "2019-01-01", "why": "merged"}
    assert "before it began" in client.post(url, data).content.decode()
    assert client.post(url, data | {"valid_to": "2026-01-01"}).status_code == 302
    office.refresh_from_db()
    assert (office.name, str(office.valid_to)) == ("New Office", "2026-01-01")
    assert client.post(url, data | {"valid_to": ""}).status_code == 302
    foreign = cast.bureau(cast.NEXT_COUNTY)
    for code in (foreign.code, cast.school().code, "nothing"):
        assert client.get(f"/places/organisations/{code}/").status_code == 404


def test_the_tree_asks_no_more_for_more_places(
    signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.li())
    for n in range(40):
        cast.place(f"990100001{n + 100:03}", f"V{n}", Level.VILLAGE, cast.TOWNSHIP)
    client.get("/places/")
    with django_assert_max_num_queries(9):
        client.get(f"/places/in/{cast.TOWNSHIP}/")
