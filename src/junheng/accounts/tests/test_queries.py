"""What each page asks of the database, written down; more rows must not ask more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from junheng.accounts.models import User
from junheng.accounts.services.reading import note_read
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.places.models import Role
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
PAGES: dict[Callable[[], User], tuple[str, ...]] = {
    cast.feng: ("/accounts/people/", "/accounts/posts/", "/accounts/appointments/"),
    cast.zheng: ("/accounts/sign-ins/", "/accounts/readings/", "/accounts/changes/"),
    cast.li: ("/places/", f"/places/in/{cast.TOWNSHIP}/", "/places/organisations/"),
    cast.sun: ("/places/", "/places/organisations/"),
}


def crowd(schools: int) -> None:
    for n in range(schools):
        clerk = cast.person(f"clerk{n}", Role.SCHOOL_CLERK, cast.school(f"s{n}"))
        note_read(clerk, cast.school(f"s{n}"), ["phone"], "asked for")


@pytest.mark.parametrize("schools", [3, 20])
def test_pages_ask_as_often_as_is_written_down(signed_in: SignedIn, schools: int) -> None:
    crowd(schools)
    for person, paths in PAGES.items():
        client, who = signed_in(person()), person().username
        client.get("/accounts/logout/")
        for path in paths:
            with same_queries("accounts", f"{path} {who}"):
                assert client.get(path).status_code == 200
