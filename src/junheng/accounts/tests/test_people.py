"""Three administrators apart: each does one part, none of them for themselves."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from junheng.accounts.access import administration as may
from junheng.accounts.access.scopes import Scope, scopes_of
from junheng.accounts.models import Appointment, FormerPassword, User
from junheng.accounts.selectors import people_for
from junheng.accounts.services import people
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, browser
from junheng.places.models import OrganisationKind, Post, Role

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 1)
WHY = {"why": "order 7"}


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def foreign(role: Role) -> User:
    """The same administrator, of the next county."""
    return cast.person(f"foreign-{role}", role, cast.bureau(cast.NEXT_COUNTY))


def stray() -> User:
    """A clerk without a post."""
    return cast.person("jiang", at=cast.school())


# ------------------------------------------------------------------------ accounts


def test_an_account_is_opened_with_a_password_for_one_use() -> None:
    user, password = people.open_account(
        by=cast.feng(), username="he", name="He", home=cast.school()
    )
    assert user.must_change_password
    assert fresh(user).check_password(password)
    assert scopes_of(user) == ()
    assert re.fullmatch(r"[a-zA-Z2-9]{12}", password)
    assert FormerPassword.objects.filter(user=user).count() == 1


def test_a_username_is_taken_whatever_its_case() -> None:
    cast.li()
    with pytest.raises(people.NameTaken):
        people.open_account(by=cast.feng(), username="LI", name="Li", home=cast.bureau())


@pytest.mark.parametrize(
    "who", [cast.li, cast.chen, cast.wei, cast.wu, lambda: foreign(Role.SYSTEM_ADMIN)]
)
def test_nobody_else_opens_closes_or_gives_passwords(who: Any) -> None:
    by, clerk = who(), stray()
    with pytest.raises(PermissionDenied):
        people.open_account(by=by, username="he", name="He", home=cast.school())
    for act in (people.give_new_password, people.close_account, people.reopen_account):
        with pytest.raises(PermissionDenied):
            act(by=by, user=clerk, **WHY)


def test_an_administrator_acts_on_nobody_s_account_less_than_on_their_own() -> None:
    for administrator, acts in (
        (cast.feng(), (people.give_new_password, people.close_account)),
        (cast.chen(), (people.clear_second_factor,)),
    ):
        for act in acts:
            with pytest.raises(PermissionDenied):
                act(by=administrator, user=administrator, **WHY)


def test_a_family_s_account_is_no_administrator_s() -> None:
    assert not may.may_manage_account(cast.feng(), cast.zhao())
    assert not people_for(cast.feng()).filter(username="zhao").exists()


def test_a_new_password_ends_sessions_and_opens_a_lock(signed_in: SignedIn) -> None:
    clerk = cast.sun()
    client = signed_in(clerk)
    other = browser()
    for _ in range(5):
        other.post("/accounts/login/", {"login": "sun", "password": "wrong"})
    password = people.give_new_password(by=cast.feng(), user=fresh(clerk), **WHY)
    assert client.get("/workbench/")["Location"].startswith("/accounts/login/")
    answer = other.post("/accounts/login/", {"login": "sun", "password": password})
    assert answer["Location"] == "/accounts/2fa/authenticate/"


def test_a_closed_account_is_out_at_once_and_comes_back_as_it_was(signed_in: SignedIn) -> None:
    clerk = cast.sun()
    client = signed_in(clerk)
    people.close_account(by=cast.feng(), user=clerk, **WHY)
    assert client.get("/workbench/").status_code == 302
    assert scopes_of(fresh(clerk)) == ()
    people.reopen_account(by=cast.feng(), user=fresh(clerk), **WHY)
    assert scopes_of(fresh(clerk)) != ()


def test_a_lost_telephone_is_forgotten_and_all_sessions_end(signed_in: SignedIn) -> None:
    clerk = cast.sun()
    client = signed_in(clerk)
    people.clear_second_factor(by=cast.chen(), user=fresh(clerk), **WHY)
    assert not Authenticator.objects.filter(user=clerk).exists()
    assert client.get("/workbench/")["Location"].startswith("/accounts/login/")


# ------------------------------------------------------------------------ posts


def appointed(by: User, user: User, post: Post, **more: Any) -> Appointment:
    return people.appoint(by=by, user=user, post=post, valid_from=TODAY, why="order 7", **more)


def test_an_appointment_gives_the_post_s_scope_and_says_who_gave_it() -> None:
    clerk = stray()
    made = appointed(cast.chen(), clerk, cast.post(Role.SCHOOL_CLERK, cast.school()))
    assert scopes_of(fresh(clerk)) == (
        Scope("school_clerk", "/99/9901/990100/990100001/@school-1/"),
    )
    assert made.granted_by == cast.chen()


@pytest.mark.parametrize(
    "who", [cast.li, cast.feng, cast.wei, cast.wu, lambda: foreign(Role.SECURITY_ADMIN)]
)
def test_nobody_else_appoints_or_ends(who: Any) -> None:
    by, post = who(), cast.post(Role.SCHOOL_CLERK, cast.school())
    held = Appointment.objects.get(user=cast.sun())
    with pytest.raises(PermissionDenied):
        appointed(by, stray(), post)
    with pytest.raises(PermissionDenied):
        people.end_appointment(by=by, appointment=held, **WHY)


def test_a_security_administrator_neither_gives_nor_takes_a_post_of_their_own() -> None:
    chen = cast.chen()
    for role in (Role.BUREAU_LEADER, Role.SYSTEM_ADMIN):
        with pytest.raises(PermissionDenied):
            appointed(chen, chen, cast.post(role, cast.bureau()))
    with pytest.raises(PermissionDenied):
        people.end_appointment(by=chen, appointment=Appointment.objects.get(user=chen), **WHY)


def test_the_database_refuses_to_appoint_oneself_too() -> None:
    chen = cast.chen()
    with pytest.raises(IntegrityError, match="not_by_oneself"):
        people.grant(
            user=chen,
            post=cast.post(Role.SECURITY_ADMIN, cast.bureau(cast.NEXT_COUNTY)),
            valid_from=TODAY,
            by=chen,
        )


def test_a_post_of_another_county_is_out_of_reach() -> None:
    with pytest.raises(PermissionDenied):
        appointed(cast.chen(), stray(), cast.post(Role.AUDITOR, cast.bureau(cast.NEXT_COUNTY)))
    with pytest.raises(PermissionDenied):
        appointed(cast.chen(), cast.qian(), cast.post(Role.SCHOOL_CLERK, cast.school()))


def test_a_closed_account_gets_no_post() -> None:
    User.objects.filter(pk=stray().pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        appointed(cast.chen(), stray(), cast.post(Role.SCHOOL_CLERK, cast.school()))


@pytest.mark.parametrize(
    ("has", "gets"),
    [
        pytest.param(Role.SCHOOL_CLERK, Role.SYSTEM_ADMIN, id="a clerk to look after the system"),
        pytest.param(Role.SYSTEM_ADMIN, Role.BUREAU_LEADER, id="a system administrator to lead"),
        pytest.param(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, id="two administrators in one"),
        pytest.param(Role.AUDIT_ADMIN, Role.AUDITOR, id="both auditors"),
    ],
)
def test_an_administrator_of_the_system_holds_no_other_role(has: Role, gets: Role) -> None:
    home = cast.school() if has == Role.SCHOOL_CLERK else cast.bureau()
    somebody = cast.person("he", has, home)
    with pytest.raises(people.WouldJoinWhatIsApart):
        appointed(cast.chen(), somebody, cast.post(gets, cast.bureau()))
    held = Appointment.objects.get(user=somebody)
    Appointment.objects.filter(pk=held.pk).update(valid_from=date(2025, 1, 1), valid_to=TODAY)
    assert appointed(cast.chen(), fresh(somebody), cast.post(gets, cast.bureau()))


def test_an_administrator_s_account_is_safe_before_it_is_appointed(settings: Settings) -> None:
    post = cast.post(Role.SYSTEM_ADMIN, cast.bureau())
    ghost = cast.person("ghost", at=cast.bureau(), second_factor=False)
    with pytest.raises(people.NotSafeYet):
        appointed(cast.chen(), ghost, post)
    settings.DEMO = True
    assert appointed(cast.chen(), ghost, post)
    settings.DEMO = False
    other = cast.person("other", at=cast.bureau())
    assert appointed(cast.chen(), other, post)


def test_a_post_is_not_held_twice_at_once() -> None:
    sun = cast.sun()
    with pytest.raises(people.AlreadyAppointed):
        appointed(cast.chen(), sun, cast.post(Role.SCHOOL_CLERK, cast.school()))


def test_an_end_holds_from_today_and_a_future_post_never_begins() -> None:
    held = Appointment.objects.get(user=cast.sun())
    people.end_appointment(by=cast.chen(), appointment=held, **WHY)
    assert held.valid_to == timezone.localdate()
    begins = timezone.localdate() + timedelta(days=9)
    later = people.appoint(
        by=cast.chen(),
        user=stray(),
        post=cast.post(Role.SCHOOL_CLERK, cast.school()),
        valid_from=begins,
    )
    people.end_appointment(by=cast.chen(), appointment=later, **WHY)
    assert later.valid_to == begins
    assert not later.holds_on(begins)


@pytest.mark.parametrize(
    ("kind", "role", "fits"),
    [
        (OrganisationKind.BUREAU, Role.ADMISSIONS_OFFICER, True),
        (OrganisationKind.BUREAU, Role.SCHOOL_CLERK, False),
        (OrganisationKind.PRIMARY, Role.SCHOOL_CLERK, True),
        (OrganisationKind.PRIMARY, Role.ADMISSIONS_OFFICER, False),
        (OrganisationKind.CENTRAL_SCHOOL, Role.TOWNSHIP_OFFICER, True),
        (OrganisationKind.CENTRAL_SCHOOL, Role.SCHOOL_HEAD, True),
        (OrganisationKind.TOWNSHIP_OFFICE, Role.TOWNSHIP_OFFICER, True),
        (OrganisationKind.TOWNSHIP_OFFICE, Role.SCHOOL_CLERK, False),
        (OrganisationKind.VILLAGE_COMMITTEE, Role.VILLAGE_OFFICER, True),
        (OrganisationKind.VILLAGE_COMMITTEE, Role.TOWNSHIP_OFFICER, False),
        (OrganisationKind.HOSPITAL, Role.SCHOOL_HEAD, False),
    ],
)
def test_a_post_suits_its_organisation(kind: OrganisationKind, role: Role, fits: bool) -> None:
    there = cast.organisation("there", kind)
    if fits:
        post = people.open_post(by=cast.feng(), organisation=there, role=role, title="T")
        assert post.role == role
    else:
        with pytest.raises(people.NoSuchRole):
            people.open_post(by=cast.feng(), organisation=there, role=role, title="T")


def test_only_the_system_administrator_of_the_part_opens_posts() -> None:
    for by in (cast.chen(), cast.li(), foreign(Role.SYSTEM_ADMIN)):
        with pytest.raises(PermissionDenied):
            people.open_post(by=by, organisation=cast.school(), role=Role.SCHOOL_CLERK, title="T")
    post = cast.post(Role.SCHOOL_CLERK, cast.school())
    with pytest.raises(people.AlreadyThere):
        people.open_post(
            by=cast.feng(), organisation=cast.school(), role=post.role, title=post.title
        )


def test_schools_are_not_kept_here() -> None:
    assert may.may_keep_organisation(cast.feng(), cast.bureau())
    assert not may.may_keep_organisation(cast.feng(), cast.school())
    assert not may.may_keep_organisation(cast.li(), cast.bureau())


def test_the_role_of_a_post_never_changes() -> None:
    cast.sun()
    with pytest.raises(ProgrammingError, match="never change"), transaction.atomic():
        Post.objects.filter(role="school_clerk").update(role="system_admin")
    Post.objects.filter(role="school_clerk").update(title="Registrar")


# ------------------------------------------------------------------------ the first accounts


def created(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("create_staff", *arguments)
    return str(re.findall(r"\S{12}$", capsys.readouterr().out.strip())[0])


def test_the_first_system_administrator_comes_from_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = cast.bureau()
    password = created("first", "system_admin", home.code, capsys=capsys)
    user = User.objects.get(username="first")
    assert user.check_password(password)
    assert user.must_change_password
    assert [scope.role for scope in scopes_of(user)] == ["system_admin"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("first", "system_admin", "nowhere"), "No organisation", id="nowhere"),
        pytest.param(("first", "school_clerk", "990100-bureau"), "no such role", id="unfit"),
        pytest.param(("li", "auditor", "990100-bureau"), "is taken", id="taken"),
    ],
)
def test_the_command_refuses_in_words(arguments: tuple[str, ...], words: str) -> None:
    cast.li()
    with pytest.raises(CommandError, match=words):
        call_command("create_staff", *arguments)
    assert not User.objects.filter(username="first").exists()


# ------------------------------------------------------------------------ pages


def page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_a_new_account_s_password_is_shown_once_and_stored_nowhere(signed_in: SignedIn) -> None:
    client = signed_in(cast.feng())
    data = {"username": "he", "name": "He", "home": cast.school().pk}
    answer = client.post("/accounts/people/new/", data)
    assert "no-store" in answer["Cache-Control"]
    (password,) = re.findall(r"<code>([a-zA-Z2-9]{12})</code>", answer.content.decode())
    user = User.objects.get(username="he")
    assert user.check_password(password)
    assert password not in page(client, f"/accounts/people/{user.pk}/")
    again = client.post("/accounts/people/new/", data)
    assert "is taken" in again.content.decode()


def test_people_of_another_county_are_neither_listed_nor_found(signed_in: SignedIn) -> None:
    qian, client = cast.qian(), signed_in(cast.feng())
    assert "qian" not in page(client, "/accounts/people/")
    for address in ("", "password/", "close/", "open/"):
        assert client.get(f"/accounts/people/{qian.pk}/{address}").status_code == 404
        assert client.post(f"/accounts/people/{qian.pk}/{address}", WHY).status_code in (404, 405)
    home = cast.school("school-9", at=cast.NEXT_COUNTY).pk
    data = {"username": "mole", "name": "Mole", "home": home}
    assert client.post("/accounts/people/new/", data).status_code == 200
    assert not User.objects.filter(username="mole").exists()


def test_a_security_administrator_cannot_reach_further_by_a_forged_form(
    signed_in: SignedIn,
) -> None:
    chen, clerk = cast.chen(), stray()
    client = signed_in(chen)
    far = cast.post(Role.BUREAU_LEADER, cast.bureau(cast.NEXT_COUNTY))
    data = {"post": far.pk, "valid_from": "2026-09-01", **WHY}
    assert client.post(f"/accounts/people/{clerk.pk}/appoint/", data).status_code == 200
    near = cast.post(Role.BUREAU_LEADER, cast.bureau())
    data["post"] = near.pk
    assert client.post(f"/accounts/people/{chen.pk}/appoint/", data).status_code == 404
    assert not Appointment.objects.filter(post__in=[far, near]).exists()
    assert client.post(f"/accounts/people/{clerk.pk}/appoint/", data).status_code == 302


def test_an_appointment_that_cannot_be_is_explained(signed_in: SignedIn) -> None:
    client = signed_in(cast.chen())
    sun, post = cast.sun(), cast.post(Role.AUDIT_ADMIN, cast.bureau())
    data = {"post": post.pk, "valid_from": "2026-09-01", **WHY}
    answer = client.post(f"/accounts/people/{sun.pk}/appoint/", data).content.decode()
    assert "holds no other role" in answer
    data |= {"valid_to": "2026-08-01"}
    answer = client.post(f"/accounts/people/{sun.pk}/appoint/", data).content.decode()
    assert "later than the first day" in answer


def test_what_was_done_and_why_stands_on_the_page_of_the_person(signed_in: SignedIn) -> None:
    clerk = stray()
    signed_in(cast.feng()).post(f"/accounts/people/{clerk.pk}/close/", {"why": "left for good"})
    shown = page(signed_in(cast.wei()), f"/accounts/people/{clerk.pk}/")
    assert "left for good" in shown
    assert "closed" in shown
    assert "Feng" in shown


def test_without_a_reason_nothing_is_done(signed_in: SignedIn) -> None:
    clerk = stray()
    answer = signed_in(cast.feng()).post(f"/accounts/people/{clerk.pk}/close/", {"why": " "})
    assert answer.status_code == 200
    assert fresh(clerk).is_active


def test_a_post_is_opened_in_words_that_fit(signed_in: SignedIn) -> None:
    client, school = signed_in(cast.feng()), cast.school()
    data = {"organisation": school.pk, "role": "auditor", "title": "Auditor"}
    assert "no such role" in client.post("/accounts/posts/new/", data).content.decode()
    data["role"] = "school_clerk"
    assert client.post("/accounts/posts/new/", data).status_code == 302
    assert "such a post already" in client.post("/accounts/posts/new/", data).content.decode()


def test_the_lists_narrow_down(signed_in: SignedIn) -> None:
    client = signed_in(cast.feng())
    cast.sun()
    cast.person("bare", Role.AUDITOR, second_factor=False)
    User.objects.filter(pk=stray().pk).update(is_active=False)
    cast.post(Role.BUREAU_LEADER, cast.bureau())

    def names(query: str) -> set[str]:
        shown = page(client, f"/accounts/people/?{query}")
        return {name for name in ("sun", "bare", "jiang") if f">{name}</a>" in shown}

    assert names("") == {"sun", "bare", "jiang"}
    assert names("role=school_clerk") == {"sun"}
    assert names("unsafe=on") == {"bare"}
    assert names("closed=on") == {"jiang"}
    assert names("q=Jiang") == {"jiang"}
    vacant = page(client, "/accounts/posts/?vacant=on")
    assert "Bureau leader" in vacant
    assert "School clerk" not in vacant.partition("<tbody>")[2]
    today = timezone.localdate()
    Appointment.objects.filter(user__username="sun").update(valid_to=today)
    assert "Sun" in page(client, "/accounts/appointments/")
    assert "Sun" not in page(client, "/accounts/appointments/?today=on")


def test_the_list_of_people_asks_no_more_for_more_people(
    signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.feng())
    for n in range(30):
        cast.person(f"clerk{n}", Role.SCHOOL_CLERK, cast.school(f"s{n}"))
    client.get("/accounts/people/")
    with django_assert_max_num_queries(9):
        client.get("/accounts/people/")
