"""Attendance as a table: refused with reasons, taken over, taken back, by a school as well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.commons import imports
from junheng.commons.imports import CannotUndo
from junheng.commons.models import ImportBatch
from junheng.registry.models import AttendanceMark, RollCall
from junheng.registry.tests.integrity.builders import SOUND, a_class, called, child
from junheng.registry.tests.test_imports import messages, outcome

pytestmark = pytest.mark.django_db
HEADER = "school_code,grade,class,day,mark,pupil_number,name,resident_id"
TODAY = timezone.localdate().isoformat()


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: object) -> None:
    settings.STORAGE_ROOT = tmp_path


def send(*rows: str, by: User | None = None, **target: str) -> ImportBatch:
    importer = imports.importer_of("registry.attendance")
    assert importer is not None
    whose = target or {"school": "school-1"}
    data = "\n".join([HEADER, *rows]).encode()
    return imports.receive(importer, data, name="a.csv", target=whose, by=by or cast.sun())


def row(
    mark: str, number: str = "", *, day: str = TODAY, at: str = "school-1,3,1", **guest: str
) -> str:
    return f"{at},{day},{mark},{number},{guest.get('name', '')},{guest.get('resident_id', '')}"


def test_a_school_brings_a_day_and_takes_it_back() -> None:
    here, other = a_class(), a_class(number=2)
    ill, visitor = child(here), child(a_class("school-2"))
    batch = send(
        row("ill", ill.number),
        row("guest", visitor.number),
        row("guest", name="赵小雨", resident_id=SOUND),
        row("everybody", at="school-1,3,2"),
    )
    assert messages(batch) == []
    imports.write(batch)
    assert outcome(batch) == (2, 0, 0)
    assert RollCall.objects.filter(entered_by=cast.sun()).count() == 2
    marks = sorted(AttendanceMark.objects.values_list("mark", flat=True))
    assert marks == ["guest", "guest", "ill"]
    assert not RollCall.objects.get(school_class=other).marks.exists()
    imports.undo(batch, cast.sun())
    assert not RollCall.objects.exists()


def test_what_was_written_anew_since_is_not_taken_back() -> None:
    here = a_class()
    batch = send(row("everybody"))
    imports.write(batch)
    called(here, 1)
    with pytest.raises(CannotUndo):
        imports.undo(batch, cast.sun())
    assert RollCall.objects.exists()


def test_every_row_says_what_is_wrong_with_it() -> None:
    here, full = a_class(), a_class(number=2)
    pupil, other = child(here), child(a_class("school-2"))
    called(full, 1)
    batch = send(
        row("ill", pupil.number),
        row("leave", pupil.number),
        row("everybody"),
        row("everybody", other.number),
        row("absent", other.number),
        row("absent"),
        row("absent", "PU-1"),
        row("guest", pupil.number),
        row("guest"),
        row("absent", other.number, at="school-2,3,1"),
        row("everybody", day="2099-10-01"),
        row("everybody", at="school-1,3,2"),
    )
    assert [line.split(": ", 1) for line in messages(batch)] == [
        ["3 pupil_number", "Row 2 has this child on this day already."],
        ["5 pupil_number", "Nobody is named where everybody was there."],
        ["6 pupil_number", "This pupil is not in this class on that day."],
        ["7 pupil_number", "This pupil is not in this class on that day."],
        ["8 pupil_number", "There is no pupil with the number PU-1."],
        ["9 mark", "A pupil of the class is no guest."],
        ["10 name", "Give the guest's pupil number, or its name."],
        ["11 class", "There is no such class in your area in the school year of that day."],
        ["12 class", "There is no such class in your area in the school year of that day."],
        ["13 day", "This day of the class is written down already. Change it on its page."],
        ["4 mark", "Other rows say that somebody of this class was not there on that day."],
    ]
    to_come = timezone.localdate() + timedelta(days=1)
    assert messages(send(row("everybody", day=to_come.isoformat()))) == [
        "2 day: This day is yet to come."
    ]


def test_a_school_brings_nothing_for_another_and_the_bureau_for_all() -> None:
    importer = imports.importer_of("registry.attendance")
    assert importer is not None
    cast.school("school-2")
    assert importer.may(cast.sun(), {"school": "school-1"})
    assert not importer.may(cast.sun(), {"school": "school-2"})
    assert not importer.may(cast.sun(), {"place": cast.COUNTY})
    assert importer.may(cast.li(), {"place": cast.COUNTY})
    assert importer.where({"school": "school-1"}) == "Primary School school-1"
    assert importer.where({"place": cast.COUNTY}) == "Yunhuai County"
    a_class("school-2")
    batch = send(row("everybody", at="school-2,3,1"), by=cast.li(), place=cast.COUNTY)
    assert messages(batch) == []
