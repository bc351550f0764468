"""What a school writes down by itself, and what waits for the bureau."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import ClassExemption, Pupil, SchoolClass, Standing
from junheng.registry.services import asked, movements
from junheng.registry.services.asked import NotExempt, Wanted
from junheng.registry.services.movement_checks import Deed, LargeClass, WrongDay, WrongGrade
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = SchoolYear.of(TODAY)


@pytest.fixture
def row() -> SchoolClass:
    return builders.a_class(size=0, school_year=YEAR.start)


@pytest.fixture
def pupil(row: SchoolClass) -> Pupil:
    return builders.a_pupil(row, entered_on=YEAR.starts_on)


def page(pupil: Pupil, movement: str) -> str:
    return f"/registry/pupils/{pupil.number}/move/{movement}/"


def state(pupil: Pupil) -> str:
    return str(Standing.objects.open().get(pupil=pupil).state)


def test_a_class_is_the_school_s_own_affair(pupil: Pupil, row: SchoolClass, client: Client) -> None:
    other = builders.a_class(size=0, number=2, school_year=YEAR.start)
    client.force_login(cast.sun())
    assert "Changed class" in client.get(f"/registry/pupils/{pupil.number}/").content.decode()
    said = {"on": TODAY.isoformat(), "paper": "No. 3", "school_class": other.pk}
    assert client.post(page(pupil, "class_changed"), said).status_code == 302
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.size, other.size) == (0, 1)
    standing = Standing.objects.open().get(pupil=pupil)
    assert (standing.entered_by, standing.approved_by, standing.paper) == (
        cast.sun(),
        None,
        "No. 3",
    )


def test_a_suspension_waits_for_the_bureau(pupil: Pupil, client: Client) -> None:
    client.force_login(cast.sun())
    said = {"on": TODAY.isoformat(), "paper": "Certificate 9"}
    answer = client.post(page(pupil, "suspended"), said, follow=True)
    assert "It waits for the second person." in answer.content.decode()
    assert state(pupil) == "studying"
    approval = Approval.objects.get()
    assert str(pupil.name) not in f"{approval.title}{approval.payload}"
    approvals.agree(approval, cast.li())
    standing = Standing.objects.open().get(pupil=pupil)
    assert (standing.state, standing.entered_by, standing.approved_by) == (
        "suspended",
        cast.sun(),
        cast.li(),
    )


def test_whom_no_turn_of_the_year_graduated_graduates_by_two_people(client: Client) -> None:
    """It counts in its class of then, as those do whom the turn graduates."""
    last = SchoolYear(YEAR.start - 1)
    six = builders.a_class(size=0, grade=6, school_year=last.start)
    pupil = builders.a_pupil(six, grade=6, entered_on=last.starts_on)
    early = Deed(on=last.starts_on + timedelta(days=30), by=cast.li(), paper="x")
    with pytest.raises(WrongDay, match="graduates from"):
        movements.graduate(pupil, early)
    client.force_login(cast.sun())
    assert "Graduation" in client.get(f"/registry/pupils/{pupil.number}/").content.decode()
    said = {"on": last.ends_on.isoformat(), "paper": "List 4"}
    assert client.post(page(pupil, "graduated"), said).status_code == 302
    approvals.agree(Approval.objects.get(), cast.li())
    before, after = pupil.standings.order_by("valid_from")
    assert (before.completed, before.valid_to) == (True, last.ends_on)
    assert (after.state, after.school_year, after.paper) == ("graduated", last.start, "List 4")
    six.refresh_from_db()
    assert six.size == 1


def test_nobody_graduates_from_the_middle_of_a_level() -> None:
    last = SchoolYear(YEAR.start - 1)
    four = builders.a_class(size=0, grade=4, school_year=last.start)
    pupil = builders.a_pupil(four, entered_on=last.starts_on)
    with pytest.raises(WrongGrade):
        movements.graduate(pupil, Deed(on=last.ends_on, by=cast.li(), paper="x"))


def test_what_cannot_be_is_refused_when_it_is_asked_for(
    pupil: Pupil, row: SchoolClass, client: Client
) -> None:
    client.force_login(cast.sun())
    early = {"on": (YEAR.starts_on - timedelta(days=9)).isoformat(), "paper": "x"}
    answer = client.post(page(pupil, "suspended"), early)
    assert answer.status_code == 422
    assert "The day must be after" in answer.content.decode()
    assert client.get(page(pupil, "resumed")).status_code == 404
    assert client.get(page(pupil, "graduated")).status_code == 404
    assert not Approval.objects.exists()


def test_a_seat_that_is_gone_meanwhile_keeps_the_pupil_where_it_was(
    pupil: Pupil, row: SchoolClass
) -> None:
    approvals.agree(_asked(pupil, "suspended", TODAY - timedelta(days=2)), cast.li())
    approval = _asked(pupil, "resumed", TODAY, row)
    builders.pupils(55, row, entered_on=YEAR.starts_on)
    with pytest.raises(LargeClass):
        approvals.agree(approval, cast.li())
    assert state(pupil) == "suspended"


def _asked(pupil: Pupil, movement: str, on: object, row: SchoolClass | None = None) -> Approval:
    waits = asked.move(pupil, Wanted(movement, on, "x", row), by=cast.sun())  # type: ignore[arg-type]
    assert waits is not None
    return waits


def test_an_exemption_lets_a_fifty_sixth_in_until_its_day(row: SchoolClass, client: Client) -> None:
    builders.pupils(55, row, entered_on=YEAR.starts_on)
    client.force_login(cast.sun())
    said = {"size": 57, "until": (TODAY + timedelta(days=90)).isoformat()}
    said |= {"reason": "The only school of the island.", "paper": "No. 12"}
    assert client.post(f"/registry/classes/{row.pk}/exempt/", said).status_code == 302
    approvals.agree(Approval.objects.get(), cast.wu())
    came = [_comes(row), _comes(row), _comes(row)]
    row.refresh_from_db()
    assert (came, row.size) == ([True, True, False], 57)
    signed = ClassExemption.objects.get()
    assert (signed.asked_by, signed.approved_by) == (cast.sun(), cast.wu())
    shown = client.get(f"/registry/classes/{row.pk}/exempt/").content.decode()
    assert "The only school of the island." in shown
    for board in ("/registry/classes/", "/registry/class-sizes/"):
        assert "57 pupils, at most 57 until" in client.get(board).content.decode()


def test_an_exemption_that_ended_says_so_while_the_class_is_still_large(
    row: SchoolClass, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was never needed is gone from the board, and a class that came down as well."""
    client.force_login(cast.sun())
    builders.pupils(55, row, entered_on=YEAR.starts_on)
    idle = builders.a_class(size=0, number=3, school_year=YEAR.start)
    for one in (row, idle):
        until = TODAY + timedelta(days=3)
        waits = asked.exempt(one, size=57, until=until, reason="x", paper="1", by=cast.sun())
        approvals.agree(waits, cast.wu())
    assert _comes(row)
    number = f"/registry/classes/{idle.pk}/exempt/"
    assert number in client.get("/registry/class-sizes/").content.decode()
    later = TODAY + timedelta(days=4)
    monkeypatch.setattr(timezone, "localdate", lambda *_a: later)
    for board in ("/registry/classes/", "/registry/class-sizes/"):
        shown = client.get(board).content.decode()
        assert "56 pupils, and the exemption ended on" in shown
        assert number not in shown
    assert not _comes(row)


def _comes(row: SchoolClass) -> bool:
    """A pupil of the class beside it changes into this one."""
    beside = SchoolClass.objects.filter(number=2).first()
    beside = beside or builders.a_class(size=0, number=2, school_year=YEAR.start)
    pupil = builders.a_pupil(beside, entered_on=YEAR.starts_on)
    try:
        asked.move(pupil, Wanted("class_changed", TODAY, "x", row), by=cast.sun())
    except LargeClass:
        return False
    return True


@pytest.mark.parametrize(
    ("size", "days", "reason"), [(55, 9, "x"), (60, 0, "x"), (60, 9, " "), (60, -9, "x")]
)
def test_no_exemption_without_size_end_and_reason(
    row: SchoolClass, size: int, days: int, reason: str
) -> None:
    until = TODAY + timedelta(days=days)
    with pytest.raises(NotExempt):
        asked.exempt(row, size=size, until=until, reason=reason, paper="No. 1", by=cast.sun())


def test_others_schools_find_nothing(pupil: Pupil, row: SchoolClass, client: Client) -> None:
    client.force_login(cast.qian())
    assert client.get(page(pupil, "suspended")).status_code == 404
    assert client.post(page(pupil, "dropped_out"), {"on": TODAY, "paper": "x"}).status_code == 404
    assert client.get(f"/registry/classes/{row.pk}/exempt/").status_code == 404
    assert state(pupil) == "studying"
