"""Pages of staff: figures from rows, names in masks, strangers see nothing."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from docx import Document

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons.tables import unindexed_sorts
from junheng.places.models import Organisation
from junheng.registry.files.rotation_rules import rules_on
from junheng.registry.models import Honour, SchoolClass, StaffMember, StaffPost, Training
from junheng.registry.selectors.rotation import rotation_of
from junheng.registry.selectors.staff import (
    courses_behind,
    recruited_by_year,
    staff_figures,
    teachers_by_school,
    trained_by_level,
)
from junheng.registry.tests.builders import a_class, facts
from junheng.registry.tests.staff_builders import staff_member, staff_post
from junheng.registry.web.staff import StaffTable
from junheng.registry.web.staff_behind import CoursesTable, RecruitsTable
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
NAME = "\u6b27\u9633\u4e91\u6728"
RECRUITED = {2017: (310, 0), 2018: (290, 401), 2019: (325, 520), 2020: (352, 582)}
"""Invented years; their sums are the figures of the source (REG-7)."""


@pytest.fixture
def school() -> Organisation:
    made = cast.school()
    facts(made, setting="village")
    return made


def recruits(school: Organisation) -> None:
    """2,780 rows, one for each person."""
    rows = [
        StaffMember(
            number=f"{year}-{kind}-{n}",
            organisation=school,
            name="",
            recruited_on=date(year, 9, 1),
            recruited_as=kind,
            recruited_for=school,
        )
        for year, both in RECRUITED.items()
        for kind, count in zip(("permanent", "contract"), both, strict=True)
        for n in range(count)
    ]
    StaffMember.objects.bulk_create(rows)


def test_2780_were_recruited_in_four_years_1277_of_them_permanent(
    school: Organisation, signed_in: SignedIn
) -> None:
    recruits(school)
    rows = recruited_by_year(cast.li())
    assert {row.year: (row.permanent, row.contract) for row in rows} == RECRUITED
    sums = [sum(getattr(row, name) for row in rows) for name in ("permanent", "contract")]
    assert (sums, sum(row.together for row in rows)) == ([1277, 1503], 2780)
    page = signed_in(cast.li()).get("/registry/recruited/").content.decode()
    assert all(shown in page for shown in ("1,277", "1,503", "2,780"))
    assert recruited_by_year(cast.qian()) == []
    own = signed_in(cast.li())
    for asked, number in (("year=2020&employment=contract", RECRUITED[2020][1]), ("", 2780)):
        behind = own.get(f"/registry/recruited/people/?{asked}").content.decode()
        assert f"{number} row" in behind.replace(",", ""), asked
    paper = own.get("/registry/recruited/word/")
    tables = Document(io.BytesIO(paper.content)).tables
    together = [cell.text for cell in tables[-1].rows[-1].cells]
    assert together == ["Together", "1,277", "1,503", "2,780"]


def test_teachers_are_set_against_classes_and_pupils(school: Organisation) -> None:
    a_class(school, size=40)
    for n in range(3):
        staff_post(staff_member(f"T{n}"), subjects=["music"] if n else [])
    staff_post(staff_member("S", qualification="college"), kind="support", employment="contract")
    posts = StaffPost.objects.all()
    today = timezone.localdate()
    found = staff_figures(posts, SchoolClass.objects.all(), rules_on(today), today)
    assert (found.people, found.teachers, found.permanent, found.contract) == (4, 3, 3, 1)
    assert (found.teachers_per_class, found.teachers_per_hundred) == (3.0, 7.5)
    assert found.pupils_per_teacher == pytest.approx(40 / 3)
    Honour.objects.create(
        person=StaffMember.objects.get(number="T0"),
        kind="backbone",
        given_by="county",
        title="Backbone",
        valid_from=date(2022, 1, 1),
    )
    by_school = teachers_by_school(cast.li(), timezone.localdate())
    assert by_school[school.pk, "primary"] == {
        "teachers": 3,
        "permanent": 3,
        "qualified_teachers": 3,
        "backbone_teachers": 1,
        "sport_and_arts_teachers": 2,
    }


def test_titles_and_flexible_posts_are_counted_and_listed(
    school: Organisation, signed_in: SignedIn
) -> None:
    """A title of the school, or one that ended, does not count; nor does that of no teacher."""
    now, then = date(2022, 1, 1), date(2024, 1, 1)
    told = {
        "T1": ("county", None, "teacher"),
        "T2": ("school", None, "teacher"),
        "T3": ("city", then, "teacher"),
        "T4": ("city", None, "support"),
    }
    for number, (given_by, until, kind) in told.items():
        person = staff_member(number)
        staff_post(person, kind=kind, flexible=number == "T2")
        Honour.objects.create(
            person=person,
            kind="backbone",
            given_by=given_by,
            title="Backbone",
            valid_from=now,
            valid_to=until,
        )
    today = timezone.localdate()
    none = SchoolClass.objects.none()
    found = staff_figures(StaffPost.objects.all(), none, rules_on(today), today)
    assert (found.backbone, found.flexible, found.teachers_per_class) == (1, 1, None)
    own = signed_in(cast.li())
    for asked, number in (("backbone", "T1"), ("flexible", "T2")):
        page = own.get(f"/registry/staff/?more={asked}").content.decode()
        assert [n for n in told if f">{n}<" in page] == [number]


def test_training_is_told_by_level_and_year(school: Organisation) -> None:
    person = staff_member()
    for level, hours in (("county", 10), ("county", 20), ("province", 72)):
        Training.objects.create(
            person=person, level=level, title=f"{level} {hours}", year=2025, hours=hours
        )
    for row in trained_by_level(cast.li()):
        behind = courses_behind(cast.li(), {"year": str(row.year), "level": row.level})
        assert (behind.count(), sum(c.hours for c in behind)) == (row.taken, row.hours)
    assert not courses_behind(cast.qian(), {}).exists()
    rows = trained_by_level(cast.li())
    assert [(row.level, row.taken, row.people, row.hours) for row in rows] == [
        ("county", 2, 1, 30),
        ("province", 1, 1, 72),
    ]
    assert rows[0].level_name == "County"


def test_who_is_due_for_the_country_stands_on_the_page_of_rotation(
    school: Organisation, signed_in: SignedIn
) -> None:
    today = timezone.localdate()
    town = cast.school("school-2")
    facts(town, setting="urban")
    ready = staff_member("T2", recruited_on=today - timedelta(days=5 * 365))
    staff_post(staff_member("T1", name=NAME, recruited_for=town, organisation=town))
    staff_post(ready)
    staff_post(staff_member("T3", recruited_on=date(2010, 9, 1), recruited_for=town), town)
    rows = rotation_of(cast.li(), on=today, rules=rules_on(today))
    assert [(row.number, row.turn.value) for row in rows] == [("T1", "owes"), ("T2", "ready")]
    page = signed_in(cast.li()).get("/registry/rotation/?turn=owes").content.decode()
    assert "T1</a>" in page
    assert "T2</a>" not in page
    assert NAME not in page
    assert "T1</a>" not in signed_in(cast.qian()).get("/registry/rotation/").content.decode()


def test_the_list_and_a_person_s_page_show_names_in_masks(
    school: Organisation, signed_in: SignedIn
) -> None:
    person = staff_member(name=NAME)
    staff_post(person, subjects=["music"])
    Training.objects.create(person=person, level="city", title="Course", year=2025, hours=72)
    own = signed_in(cast.li())
    for address in ("/registry/staff/", f"/registry/staff/{person.ref}/"):
        page = own.get(address).content.decode()
        assert NAME not in page
        assert "Music" in page
    assert "/accounts/reveal/staff/" in page
    assert "T1</a>" in own.get("/registry/staff/?subject=music&year=2020").content.decode()
    assert "T1</a>" not in own.get("/registry/staff/?subject=art").content.decode()
    assert "1 person" in own.get("/registry/schools/school-1/").content.decode()


def test_another_county_s_officer_does_not_learn_that_somebody_exists(
    school: Organisation, signed_in: SignedIn
) -> None:
    person = staff_post().person
    for number in ("name", "resident_id"):
        address = f"/accounts/reveal/staff/{person.ref}/{number}/"
        assert signed_in(cast.qian()).get(address).status_code == 404
    assert signed_in(cast.qian()).get(f"/registry/staff/{person.ref}/").status_code == 404
    assert "T1" not in signed_in(cast.qian()).get("/registry/staff/").content.decode()


def test_queries_do_not_grow_with_the_rows(school: Organisation, signed_in: SignedIn) -> None:
    town = cast.school("school-2")
    facts(town, setting="urban")
    for n in range(12):
        staff_post(staff_member(f"T{n}", recruited_for=town, organisation=town))
    own = signed_in(cast.li())
    person = StaffMember.objects.latest("pk")
    lists = ("recruited/people/", "recruited/courses/")
    for page in ("staff/", "rotation/", "recruited/", *lists, f"staff/{person.ref}/"):
        own.get(f"/registry/{page}")
        with same_queries("registry", page.replace(str(person.ref), "person")):
            own.get(f"/registry/{page}")


def test_nothing_is_sorted_without_an_index() -> None:
    assert unindexed_sorts(StaffTable, StaffPost) == []
    assert unindexed_sorts(RecruitsTable, StaffMember) == []
    assert unindexed_sorts(CoursesTable, Training) == []
