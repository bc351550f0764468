"""Applications come once, in time, and belong to a child: in the services and in the database."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, ApplicationDraft, Round, RoundDate
from junheng.admissions.services import applying
from junheng.admissions.services.applying import NotDue, NotOpen, Unfinished
from junheng.admissions.services.homes import villages_named
from junheng.admissions.services.one_application import AppliedAlready
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.applying.builders import applied, drafted, number_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


@pytest.fixture
def zhao(db: None) -> User:
    return builders.family()


def test_a_submission_gives_a_number_and_keeps_what_was_agreed(
    the_round: Round, zhao: User
) -> None:
    made = applied(the_round, zhao)
    kept = Application.objects.get(number=made.number)
    assert (kept.state, kept.channel, kept.family) == ("received", "family", zhao)
    assert kept.consented_at is not None is not kept.submitted_at
    assert kept.consented_at <= kept.submitted_at
    assert str(kept.child_name) == "王小涵"
    assert "王小涵".encode() not in bytes(kept.__dict__["statement"])


def test_the_same_submission_twice_is_one_application(the_round: Round, zhao: User) -> None:
    draft = drafted(the_round, zhao)
    first = applying.submit(draft.pk, owner=zhao)
    assert applying.submit(draft.pk, owner=zhao).number == first.number
    assert Application.objects.count() == 1


def test_another_draft_for_the_same_child_is_told_the_number(the_round: Round, zhao: User) -> None:
    first = applied(the_round, zhao)
    with pytest.raises(AppliedAlready) as told:
        applied(the_round, builders.family("grandfather"))
    assert told.value.number == first.number


def test_the_database_takes_a_child_once_in_a_round(the_round: Round, zhao: User) -> None:
    first = applied(the_round, zhao)
    second = applied(the_round, zhao, child={"number": number_of("2020-03-01")})
    with pytest.raises(DatabaseError, match="one_per_child"), transaction.atomic():
        Application.objects.filter(pk=second.pk).update(child_key=first.child_key)


def test_withdrawing_and_applying_again_draws_no_second_ticket(
    the_round: Round, zhao: User
) -> None:
    first = applied(the_round, zhao)
    applying.withdraw(first)
    again = applied(the_round, zhao)
    assert again.number != first.number
    assert again.code == first.code


def test_nobody_submits_a_strangers_draft(the_round: Round, zhao: User) -> None:
    draft = drafted(the_round, zhao)
    with pytest.raises(ApplicationDraft.DoesNotExist):
        applying.submit(draft.pk, owner=builders.family("qian"))


def test_a_page_that_is_missing_is_told(the_round: Round, zhao: User) -> None:
    draft = applying.begin(the_round, owner=zhao)
    with pytest.raises(Unfinished):
        applying.submit(draft.pk, owner=zhao)


def test_a_child_that_is_too_young_is_told_the_days(the_round: Round, zhao: User) -> None:
    the_round.born_by = date(2020, 8, 31)
    told = applying.statement_of(builders.answers(child={"born_on": "2021-05-01"}))
    with pytest.raises(NotDue, match="too young"):
        applying.require_due(the_round, told)


def moment(the_round: Round, **after: int) -> Any:
    """A moment after the end of applications."""
    dates = RoundDate.objects.get(round=the_round, what="applications")
    return dates.ends_at + timedelta(**after)


def test_the_deadline_passes_on_the_last_page_and_the_grace_holds(
    the_round: Round, zhao: User
) -> None:
    draft = drafted(the_round, zhao)
    applying.require_open(the_round, moment(the_round, minutes=29), began_at=draft.began_at)
    with pytest.raises(NotOpen, match="until"):
        applying.submit(draft.pk, owner=zhao, now=moment(the_round, minutes=31))
    assert ApplicationDraft.objects.filter(pk=draft.pk).exists()


def test_nobody_begins_in_the_grace(the_round: Round, zhao: User) -> None:
    with pytest.raises(NotOpen):
        applying.begin(the_round, owner=zhao, now=moment(the_round, minutes=1))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"submitted_at": timedelta(days=10)}, "time that was announced"),
        ({"began_at": timedelta(days=-9)}, "time that was announced"),
        ({"state": "passed"}, "begins with being received"),
    ],
)
def test_the_site_cannot_write_an_application_out_of_time(
    the_round: Round, zhao: User, changed: dict[str, Any], words: str
) -> None:
    made = applied(the_round, zhao)
    other = Application.objects.get(pk=made.pk)
    other.number, other.code, other.child_key = "AP-X", "other", "other"
    other.child_name, other.guardian_name, other.phone = "a", "b", "13800000002"
    other.statement = "{}"
    other.id = uuid.uuid4()
    for name, value in changed.items():
        shift = timezone.now() + value if isinstance(value, timedelta) else value
        setattr(other, name, shift)
    other.tier, other.zone, other.by_person, other.decided_at = 1, "z", False, timezone.now()
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        other.save(force_insert=True)


@pytest.mark.parametrize("state", ["refused", "passed"])
def test_the_site_cannot_jump_over_the_checking(the_round: Round, zhao: User, state: str) -> None:
    made = applied(the_round, zhao)
    with pytest.raises(DatabaseError), transaction.atomic():
        Application.objects.filter(pk=made.pk).update(state=state)


def test_an_application_is_kept_as_long_as_its_round(the_round: Round, zhao: User) -> None:
    made = applied(the_round, zhao)
    with pytest.raises(DatabaseError, match="kept as long"), transaction.atomic():
        made.delete()


def test_twins_are_tied_together_on_both_sides(the_round: Round, zhao: User) -> None:
    first = applied(the_round, zhao)
    draft = drafted(the_round, zhao, child={"number": number_of("2020-02-29", 4)})
    applying.save_page(draft, "together", {}, done=3)
    draft.answers = str(draft.answers).replace('"together": {}', f'"together": "{first.number}"')
    draft.save()
    second = applying.submit(draft.pk, owner=zhao)
    first.refresh_from_db()
    assert second.group == first.group != ""


def test_a_village_is_found_by_its_name_with_or_without_its_ending(li: User) -> None:
    county = cast.counties()
    assert [one.code for one in villages_named(county.path, "East Village")] == [cast.VILLAGE]
    assert [one.code for one in villages_named(county.path, " east ")] == [cast.VILLAGE]
    assert villages_named(county.path, "Nowhere") == []
