"""Those who came become pupils of the register, once each and never above the cap."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Round, RoundRun
from junheng.admissions.services import checking_in, enrolling
from junheng.admissions.services.applying import statement_of
from junheng.admissions.services.checking_in import OnTheRoll
from junheng.admissions.tests.after import builders
from junheng.admissions.tests.applying.builders import CHILD_ID, answers
from junheng.admissions.tests.letters.builders import school_of
from junheng.registry.facade import ClassesFull, Enrolment, NoSuchSchool
from junheng.registry.models import Pupil, School, Standing
from junheng.registry.services.keys import resident_id_key
from junheng.registry.tests import builders as registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(li: User, wu: User) -> RoundRun:
    found = builders.published(li, wu)
    numbers = [child.number for child in builders.seated(found)]
    checking_in.tick(found.round, school_of(found), numbers, "came", by=cast.sun())
    return found


def test_those_who_came_are_entered_once(record: RoundRun, client: Client) -> None:
    registry.facts(valid_from=date(2026, 1, 1))
    client.force_login(cast.sun())
    school = school_of(record)
    address = f"/rounds/{record.round_id}/check-in/{school.pk}/enrol/"
    for _time in range(2):
        assert client.post(address).status_code == 302
    pupils = Pupil.objects.order_by("source")
    children = sorted(builders.seated(record), key=lambda child: child.pk)
    assert [p.source for p in pupils] == [child.pk for child in children]
    assert [str(p.name) for p in pupils] == [str(child.child_name) for child in children]
    standings = Standing.objects.open()
    assert {(s.grade, s.school_year, s.organisation, s.state) for s in standings} == {
        (1, 2026, school.organisation, "studying")
    }
    assert list(Pupil.objects.for_user(cast.sun())) != []
    assert list(Pupil.objects.for_user(cast.qian())) == []
    with pytest.raises(OnTheRoll):
        checking_in.tick(record.round, school, [children[0].number], "", by=cast.sun())


def test_a_child_that_is_at_a_school_is_named_and_not_entered_twice(
    record: RoundRun, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.facts(valid_from=date(2026, 1, 1))
    child, *others = builders.seated(record)
    number = "990100202005010024"
    registry.a_pupil(resident_id=number, resident_id_key=resident_id_key(number))
    usual = enrolling._enrolment

    def told(one: Application, the_round: Round) -> Enrolment:
        given = number if one.pk == child.pk else ""
        return dataclasses.replace(usual(one, the_round), resident_id=given)

    monkeypatch.setattr(enrolling, "_enrolment", told)
    client.force_login(cast.sun())
    client.cookies["django_language"] = "en"
    desk = f"/rounds/{record.round_id}/check-in/{school_of(record).pk}/"
    page = client.post(f"{desk}enrol/", follow=True).content.decode()
    assert "Not entered, since the register has these children" in page
    assert child.number in page
    assert Pupil.objects.exclude(source=None).count() == len(others)


@pytest.mark.parametrize(
    ("document", "number", "kept"),
    [("other", "E0000001", "E0000001"), ("none", "", None), ("resident_id", CHILD_ID, CHILD_ID)],
)
def test_a_child_comes_in_with_the_number_of_its_paper(
    record: RoundRun, client: Client, document: str, number: str, kept: str | None
) -> None:
    registry.facts(valid_from=date(2026, 1, 1))
    child, *_others = builders.seated(record)
    said = answers(child={"document": document, "number": number})
    told = statement_of({**said, "wishes": {}})
    child.statement = json.dumps(told.as_json(), ensure_ascii=False)
    child.save(update_fields=["statement"])
    enrolling.enrol_school(record.round, school_of(record), by=cast.sun())
    pupil = Pupil.objects.get(source=child.pk)
    assert pupil.resident_id == kept
    assert bool(pupil.resident_id_key) is bool(kept)
    client.force_login(cast.sun())
    client.cookies["django_language"] = "en"
    page = client.get(f"/registry/pupils/{pupil.number}/").content.decode()
    assert ("Passport or travel permit" in page) is (document == "other")


def test_the_guardian_and_the_application_stand_in_the_record(record: RoundRun) -> None:
    """Once, and with a child whose record goes on as well."""
    registry.facts(valid_from=date(2026, 1, 1))
    child, *_others = builders.seated(record)
    said = answers(guardian={"name": "云敏", "relation": "mother", "phone": "13800001234"})
    child.statement = json.dumps(statement_of({**said, "wishes": {}}).as_json())
    child.save(update_fields=["statement"])
    for _time in range(2):
        enrolling.enrol_school(record.round, school_of(record), by=cast.sun())
    pupil = Pupil.objects.get(source=child.pk)
    guardians = [(str(g.name), str(g.phone), g.relation) for g in pupil.guardians.all()]
    assert guardians == [("云敏", "13800001234", "52")]
    paper = pupil.standings.get().paper
    assert child.number in paper
    assert record.round.ref in paper


def test_a_school_that_the_register_does_not_know_takes_nobody(record: RoundRun) -> None:
    with pytest.raises(NoSuchSchool):
        enrolling.enrol_school(record.round, school_of(record), by=cast.sun())


def test_no_class_above_the_cap_comes_about(record: RoundRun) -> None:
    registry.facts(valid_from=date(2026, 1, 1), entry_classes=1)
    School.objects.update(entry_classes=0)
    school = school_of(record)
    with pytest.raises(ClassesFull, match="2 more"):
        enrolling.enrol_school(record.round, school, by=cast.sun())
    with pytest.raises(DatabaseError, match="larger than 55"), transaction.atomic():
        registry.a_pupil(grade=1, entered_on=date(2026, 9, 1))
    School.objects.update(entry_classes=1)
    registry.a_pupil(grade=1, entered_on=date(2026, 9, 1))
