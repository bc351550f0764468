"""A transfer from the application to the new school, and those that cannot be registered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.cases.facade import case_of
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Role
from junheng.registry.models import Pupil, SchoolClass, Standing, Transfer
from junheng.registry.models.transfers import CASE
from junheng.registry.services import movements, transfers
from junheng.registry.services.movement_checks import Deed
from junheng.registry.services.transfer_wishes import AgainstTheRules, Application
from junheng.registry.services.transfers import Settled, TwoPeople
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = SchoolYear.of(TODAY)
IN_WINDOW, LATE = YEAR.starts_on.replace(day=10), date(YEAR.start, 11, 20)
NAME = "王小涵"
NEW = "/registry/transfers/new/"


@pytest.fixture
def there() -> SchoolClass:
    """A grade with a free seat at another school."""
    to = cast.school("school-2")
    builders.facts(to)
    return builders.a_class(to, size=0, school_year=YEAR.start)


@pytest.fixture
def pupil(there: SchoolClass) -> Pupil:
    """A girl of grade 3 at the first school."""
    builders.facts()
    row = builders.a_class(size=0, school_year=YEAR.start)
    return builders.a_pupil(row, entered_on=YEAR.starts_on)


def clerk() -> User:
    """Somebody of the receiving school."""
    return cast.person("jin", Role.SCHOOL_CLERK, cast.school("school-2"))


def wanted(pupil: Pupil, **given: Any) -> Application:
    return Application(pupil, cast.school("school-2"), **given)


def test_from_the_application_to_the_new_school(
    pupil: Pupil, there: SchoolClass, client: Client
) -> None:
    client.force_login(clerk())
    said = {"number": pupil.number, "name": NAME, "to": there.organisation.pk}
    said |= {"ground": "home_moved", "paper": "Deed 7"}
    answer = client.post(NEW, said, follow=True)
    row = Transfer.objects.get()
    page = f"/registry/transfers/{row.number}/"
    assert answer.redirect_chain == [(page, 302)]
    assert NAME not in answer.content.decode()
    client.force_login(cast.sun())
    assert "Waits for the present school" in client.get("/registry/transfers/").content.decode()
    assert client.post(f"{page}answer/", {"agrees": "yes", "words": ""}).status_code == 302
    client.force_login(cast.li())
    decision = {"verdict": "approve", "school_class": there.pk, "words": ""}
    assert client.post(f"{page}decide/", decision).status_code == 302
    row.refresh_from_db()
    standing = Standing.objects.open().get(pupil=pupil)
    assert (row.state, standing.school_class, standing.valid_from) == ("approved", there, TODAY)
    assert (standing.entered_by, standing.approved_by) == (clerk(), cast.li())
    assert standing.paper == f"{row.number} Deed 7"
    case = case_of(CASE, row.number)
    assert case is not None
    assert (case.state, case.outcome) == ("closed", "approved")
    client.force_login(cast.sun())
    assert "Approved" in client.get(page).content.decode()


def test_into_a_large_grade_nothing_is_registered(
    pupil: Pupil, there: SchoolClass, client: Client
) -> None:
    builders.opening_count()
    builders.inherited(60, organisation=there.organisation, number=2, school_year=YEAR.start)
    client.force_login(clerk())
    said = {"number": pupil.number, "name": NAME, "to": there.organisation.pk}
    answer = client.post(NEW, said | {"ground": "home_moved", "paper": "x"})
    assert answer.status_code == 422
    assert "has a class of 60" in answer.content.decode()
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("on", "ground", "paper", "said"),
    [
        (LATE, "", "", "only these reasons count"),
        (LATE, "home_moved", "", "a paper is needed"),
        (IN_WINDOW, "", "", ""),
        (LATE, "home_moved", "Deed 7", ""),
    ],
)
def test_outside_the_window_only_a_ground_with_its_paper(
    pupil: Pupil, on: date, ground: str, paper: str, said: str
) -> None:
    asked = wanted(pupil, ground=ground, paper=paper)
    if said:
        with pytest.raises(AgainstTheRules, match=said):
            transfers.apply(asked, on=on, by=clerk())
    else:
        assert transfers.apply(asked, on=on, by=clerk()).state == "applied"
    assert Transfer.objects.exists() == (not said)


def test_the_seat_that_was_there_may_be_gone_when_it_is_decided(
    pupil: Pupil, there: SchoolClass
) -> None:
    made = transfers.apply(wanted(pupil), on=IN_WINDOW, by=clerk())
    builders.pupils(55, there, entered_on=YEAR.starts_on)
    with pytest.raises(AgainstTheRules, match="no free seat"):
        transfers.approve(made, on=TODAY, by=cast.li())
    made.refresh_from_db()
    assert made.state == "applied"
    assert Standing.objects.open().get(pupil=pupil).organisation == cast.school()


def test_who_moved_meanwhile_is_not_moved_away_from_a_school_that_nobody_asked(
    pupil: Pupil, there: SchoolClass
) -> None:
    made = transfers.apply(wanted(pupil), on=IN_WINDOW, by=clerk())
    elsewhere = cast.school("school-3")
    builders.facts(elsewhere)
    row = builders.a_class(elsewhere, size=0, school_year=YEAR.start)
    deed = Deed(on=TODAY - timedelta(days=1), by=cast.li(), paper="x")
    movements.transfer(pupil, elsewhere, deed, school_class=row)
    with pytest.raises(Settled, match="changed since"):
        transfers.approve(made, on=TODAY, by=cast.li())
    assert Standing.objects.open().get(pupil=pupil).school_class == row


def test_one_at_a_time_by_two_people_and_once(pupil: Pupil) -> None:
    made = transfers.apply(wanted(pupil), on=IN_WINDOW, by=cast.li())
    with pytest.raises(Settled, match="Another transfer"):
        transfers.apply(wanted(pupil), on=IN_WINDOW, by=clerk())
    with pytest.raises(TwoPeople):
        transfers.approve(made, on=TODAY, by=cast.li())
    transfers.refuse(made, words="No seat in the boarding house.", by=cast.wu())
    again: list[Callable[[], object]] = [
        lambda: transfers.approve(made, on=TODAY, by=cast.wu()),
        lambda: transfers.withdraw(made, by=clerk()),
        lambda: transfers.answer(made, agrees=True, words="", by=cast.sun()),
    ]
    for act in again:
        with pytest.raises(Settled, match="Refused"):
            act()


def test_whoever_guesses_learns_nothing(pupil: Pupil, client: Client) -> None:
    client.force_login(clerk())
    to = cast.school("school-2").pk
    wrong = [(pupil.number, "x"), ("PU-2025-AAAA-AAAAA", NAME), ("990100201705010029", NAME)]
    pages = [client.post(NEW, {"number": n, "name": w, "to": to}) for n, w in wrong]
    assert all("no pupil with this number and this name" in p.content.decode() for p in pages)
    for _again in range(30):
        page = client.post(NEW, {"number": "x", "name": "y", "to": to})
    assert "in an hour" in page.content.decode()


def test_schools_that_it_does_not_concern_see_nothing(pupil: Pupil, client: Client) -> None:
    made = transfers.apply(wanted(pupil), on=IN_WINDOW, by=clerk())
    page = f"/registry/transfers/{made.number}/"
    client.force_login(cast.qian())
    assert client.get(page).status_code == 404
    assert made.number not in client.get("/registry/transfers/").content.decode()
    client.force_login(cast.sun())
    assert client.post(f"{page}withdraw/").status_code == 404
    assert client.post(f"{page}decide/", {"verdict": "approve"}).status_code == 404
    client.force_login(clerk())
    assert client.post(f"{page}answer/", {"agrees": "yes"}).status_code == 404
    assert client.post(f"{page}withdraw/").status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"
