"""The register of personal fields, families' rights with a clock, deletion when due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.commons import personal, personal_fields, retention
from junheng.commons.models import DataRequest, Erasure, PersonalField
from junheng.commons.personal import Answered, NothingSaid, TooSoon
from junheng.commons.retention import Clock, Sweep

pytestmark = pytest.mark.django_db
SUBJECT = "2026-7"


@pytest.fixture(autouse=True)
def family() -> User:
    return cast.account("zhao", "family")  # type: ignore[arg-type]  # a value of the choices


def asked(family: User, right: str = "correct", words: str = "The name is wrong.") -> DataRequest:
    return personal.ask_right(family, right, subject=SUBJECT, path="/99/", words=words)


def test_every_personal_field_of_the_house_is_explained() -> None:
    assert personal_fields.gaps() == []
    assert PersonalField.objects.filter(valid_to=None).count() == len(personal_fields.entries())


def test_a_field_without_an_entry_and_an_entry_without_a_field_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = personal_fields.entries()
    monkeypatch.setattr(personal_fields, "entries", lambda: known[1:] + known[1:2])
    said = personal_fields.gaps()
    assert said[0].startswith("admissions.Application.child_name: personal, and without an entry")
    assert said[1].endswith("twice in the register")
    monkeypatch.setattr(personal_fields, "personal_fields", lambda: {known[1].key})
    assert any("but no personal field" in one for one in personal_fields.gaps())


def test_a_version_of_an_entry_ends_where_the_next_begins() -> None:
    row = PersonalField.objects.get(key="admissions.Application.phone", valid_to=None)
    with pytest.raises(NothingSaid):
        personal.change_field(row, purpose="p", basis="b", recipients="r", days=60, reason=" ")
    personal.change_field(row, purpose="p", basis="b", recipients="r", days=60, reason="law")
    assert retention.days_of([row.key]) == 60
    row.refresh_from_db()
    assert row.valid_to == timezone.localdate()
    personal.take_in()
    assert retention.days_of([row.key]) == 60
    with translation.override("zh-hans"):
        assert personal.said({"zh": "用途", "en": "purpose"}) == "用途"


def test_seeing_and_copying_are_answered_at_once_the_rest_by_a_day(family: User) -> None:
    assert asked(family, "copy", "").state == "done"
    with pytest.raises(NothingSaid):
        asked(family, words=" ")
    request = asked(family)
    assert request.due_on > timezone.localdate()
    assert (request.state, DataRequest.objects.get(pk=request.pk).words) == (
        "open",
        "The name is wrong.",
    )


def test_fifteen_working_days_without_a_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal._hooks, "work_days_after", None)
    assert personal.due_after(date(2026, 11, 26)) == date(2026, 12, 17)


def test_a_request_is_answered_once_and_kept(family: User) -> None:
    request, li = asked(family), cast.li()
    with pytest.raises(NothingSaid):
        personal.answer_right(request.pk, done=True, words="", by=li)
    done = personal.answer_right(request.pk, done=True, words="It is right now.", by=li)
    assert (done.state, done.answer, done.answered_by) == ("done", "It is right now.", li)
    with pytest.raises(Answered):
        personal.answer_right(request.pk, done=False, words="no", by=li)
    for change in (
        lambda: DataRequest.objects.filter(pk=request.pk).update(state="open"),
        lambda: DataRequest.objects.filter(pk=request.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_no_entry_is_kept_for_less_than_the_law_asks() -> None:
    row = PersonalField.objects.get(key="accounts.SignIn.address", valid_to=None)
    with pytest.raises(TooSoon, match="180"):
        personal.change_field(row, purpose="p", basis="b", recipients="r", days=179, reason="x")


def test_what_goes_together_goes_with_the_first_of_its_fields() -> None:
    row = PersonalField.objects.get(key="accounts.User.phone", valid_to=None)
    personal.change_field(row, purpose="p", basis="b", recipients="r", days=90, reason="law")
    assert retention.days_of(["accounts.User.phone", "accounts.User.username"]) == 90
    with pytest.raises(PersonalField.DoesNotExist, match="nothing"):
        retention.days_of(["nothing.Of.it", "accounts.User.phone"])


def test_a_newer_version_of_the_program_renews_what_no_bureau_changed() -> None:
    keys = ["admissions.Application.phone", "admissions.Application.guardian_name"]
    PersonalField.objects.filter(key__in=keys).update(stays={}, days=1)
    PersonalField.objects.filter(key=keys[1]).update(reason="the bureau's own")
    personal.take_in()
    assert [retention.days_of([key]) for key in keys] == [1095, 1]
    assert PersonalField.objects.filter(key=keys[0]).count() == 2


def test_every_clock_of_the_register_is_carried_out() -> None:
    assert retention.gaps() == []


def test_a_clock_that_nobody_carries_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    deletions = dict(retention._hooks.deletions)
    del deletions["accounts.sign_in"]
    odd = Clock("t", "Things", ("t.T.x",), lambda _day: [], lambda _subject: None)
    monkeypatch.setattr(retention._hooks, "deletions", {**deletions, "t": odd})
    said = retention.gaps()
    assert [one.partition(":")[0] for one in said] == [
        "accounts.SignIn.username",
        "accounts.SignIn.address",
        "t.T.x",
    ]
    kept = [replace(one, clock="none") for one in personal_fields.entries()]
    monkeypatch.setattr(retention, "entries", lambda: kept)
    assert "accounts.User.phone: about a person, and without a clock" in retention.gaps()


def test_what_is_due_is_deleted_once_and_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    clock = Clock("t", "Things", ("t.T.x",), lambda _day: [("1", "/99/", "due")], gone.append)
    left = [3, 2, 0, 0]
    sweep = Sweep("s", "Rows", ("accounts.PhoneCode.address",), lambda _until, _most: left.pop(0))
    monkeypatch.setattr(retention._hooks, "deletions", {"t": clock, "s": sweep})
    assert retention.erase_due() == {"t": 1, "s": 5}
    assert retention.erase_due() == {"t": 0, "s": 0}
    assert (gone, retention.titles()) == (["1"], {"t": "Things", "s": "Rows"})
    assert [row.count for row in Erasure.objects.filter(kind="s").order_by("at")] == [3, 2]
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.all().delete()


def test_what_fails_is_not_written_down_and_keeps_nothing_else_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(_subject: str) -> None:
        raise RuntimeError

    gone: list[str] = []
    bad = Clock("bad", "Things", (), lambda _day: [("1", "/99/", "due")], fails)
    good = Clock("good", "Others", (), lambda _day: [("2", "/99/", "due")], gone.append)
    monkeypatch.setattr(retention._hooks, "deletions", {"bad": bad, "good": good})
    with pytest.raises(RuntimeError):
        retention.erase_due()
    assert (gone, [row.kind for row in Erasure.objects.all()]) == (["2"], ["good"])
