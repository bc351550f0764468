"""Row scope: a post gives a role in one part of the tree, for as long as it is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from junheng.accounts.access.administration import may_act_on_job, may_see_job
from junheng.accounts.access.scopes import Scope, Visitor, holds, paths_of, scope_q, scopes_of
from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.places.models import Organisation, OrganisationKind, Place, Role

pytestmark = pytest.mark.django_db
COUNTY_PATH = "/99/9901/990100/"
SCHOOL_PATH = "/99/9901/990100/990100001/@school-1/"


def fresh(user: User) -> User:
    """The same person in another request."""
    return User.objects.get(pk=user.pk)


def test_an_officer_of_the_bureau_sees_the_whole_county() -> None:
    assert scopes_of(cast.li()) == (Scope("admissions_officer", COUNTY_PATH),)


def test_a_township_officer_sees_the_township() -> None:
    assert scopes_of(cast.zhou()) == (Scope("township_officer", "/99/9901/990100/990100001/"),)


def test_a_head_sees_the_school_and_its_teaching_points_wherever_they_stand() -> None:
    cast.organisation(
        "point-1", OrganisationKind.TEACHING_POINT, at=cast.NEXT_TOWNSHIP, part_of=cast.school()
    )
    assert scopes_of(cast.wang()) == (
        Scope("school_head", SCHOOL_PATH),
        Scope("school_head", "/99/9901/990100/990100002/@point-1/"),
    )


def test_the_rows_of_a_scope_are_those_below_its_path() -> None:
    cast.school()
    cast.school("school-9", at=cast.NEXT_COUNTY)
    seen = Organisation.objects.filter(scope_q(cast.li()))
    assert {row.code for row in seen} == {"990100-bureau", "school-1"}


def test_a_stranger_sees_nothing_of_this_county() -> None:
    cast.school()
    seen = Organisation.objects.filter(scope_q(cast.qian()), path__startswith=COUNTY_PATH)
    assert not seen.exists()


def test_a_code_that_begins_alike_is_no_part_of_the_scope() -> None:
    clerk = cast.sun()
    cast.school("school-10")
    assert [row.code for row in Organisation.objects.filter(scope_q(clerk))] == ["school-1"]


@pytest.mark.parametrize(
    ("begins", "ends", "held"),
    [
        pytest.param(-9, 0, False, id="ended today"),
        pytest.param(-9, 1, True, id="last day today"),
        pytest.param(0, None, True, id="first day today"),
        pytest.param(1, None, False, id="begins tomorrow"),
    ],
)
def test_an_appointment_gives_something_only_while_it_holds(
    begins: int, ends: int | None, held: bool
) -> None:
    today = timezone.localdate()
    user = cast.person(
        "he",
        Role.AUDITOR,
        valid_from=today + timedelta(days=begins),
        valid_to=None if ends is None else today + timedelta(days=ends),
    )
    assert holds(user, Role.AUDITOR) is held


def test_a_post_at_a_closed_organisation_gives_nothing() -> None:
    clerk = cast.sun()
    Organisation.objects.filter(code="school-1").update(valid_to=timezone.localdate())
    assert scopes_of(fresh(clerk)) == ()


def test_a_closed_account_and_a_visitor_have_no_scope() -> None:
    li = cast.li()
    li.is_active = False
    assert scopes_of(li) == ()
    assert scopes_of(AnonymousUser()) == ()
    assert not holds(AnonymousUser(), Role.AUDITOR, "family")


def test_a_family_is_a_family_and_sees_no_part_of_the_tree() -> None:
    zhao = cast.zhao()
    assert holds(zhao, "family")
    assert not holds(zhao, "family", at=COUNTY_PATH)
    assert not holds(zhao, *Role)
    assert not Place.objects.filter(scope_q(zhao)).exists()


def test_a_family_account_gets_nothing_from_an_appointment() -> None:
    li = cast.li()
    User.objects.filter(pk=li.pk).update(kind="family")
    assert scopes_of(fresh(li)) == ()


def test_a_role_holds_only_in_its_own_part_of_the_tree() -> None:
    wang = cast.wang()
    assert holds(wang, Role.SCHOOL_HEAD, at=SCHOOL_PATH)
    assert not holds(wang, Role.SCHOOL_HEAD, at=COUNTY_PATH)
    assert not holds(wang, Role.AUDITOR, at=SCHOOL_PATH)


@pytest.mark.parametrize("administrator", [cast.feng, cast.chen, cast.wei])
def test_an_administrator_sees_no_business(administrator: Callable[[], User]) -> None:
    user = administrator()
    assert paths_of(user) == ()
    assert paths_of(user, {scopes_of(user)[0].role}) == (COUNTY_PATH,)


def test_two_posts_one_within_the_other_ask_for_the_wider_path_only() -> None:
    li = cast.li()
    cast.person("li", Role.SCHOOL_CLERK, cast.school())
    assert paths_of(li) == (COUNTY_PATH,)


def test_scopes_are_read_once_in_a_request(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    li, wang = fresh(cast.li()), fresh(cast.wang())
    with django_assert_num_queries(1):
        for _ in range(3):
            scopes_of(li)
    with django_assert_num_queries(2):
        for _ in range(3):
            holds(wang, Role.SCHOOL_HEAD)


@pytest.mark.parametrize(
    ("who", "path", "sees", "acts"),
    [
        (cast.li, SCHOOL_PATH, True, True),
        (cast.sun, SCHOOL_PATH, True, False),
        (cast.sun, COUNTY_PATH, False, False),
        (cast.feng, COUNTY_PATH, True, True),
        (cast.feng, "", True, True),
        (cast.li, "", False, False),
        (cast.wei, COUNTY_PATH, False, False),
        (cast.qian, COUNTY_PATH, False, False),
        (cast.zhao, COUNTY_PATH, False, False),
        (AnonymousUser, COUNTY_PATH, False, False),
    ],
)
def test_long_work_is_seen_in_one_s_part(
    who: Callable[[], Visitor], path: str, sees: bool, acts: bool
) -> None:
    assert may_see_job(who(), path) is sees
    assert may_act_on_job(who(), path) is acts
