"""Staff: from files, what the database refuses, and who is forgotten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.commons import imports, retention, sealing
from junheng.commons.imports import CannotUndo
from junheng.registry.models import Honour, Resources, StaffMember, StaffPost, Training
from junheng.registry.services.forgetting_staff import STAFF, staff_due
from junheng.registry.tests.builders import facts
from junheng.registry.tests.staff_builders import COLUMNS, staff_member, staff_post
from junheng.registry.tests.test_imports import brought, messages, outcome, send

pytestmark = pytest.mark.django_db
ONE = "990100199002280022"
POST = "school-1,primary,teacher,permanent"
LI = f"T1,Li Na,,2020-09-01,permanent,,{POST},chinese;music,yes,,2020-09-01,"


@pytest.fixture(autouse=True)
def schools(settings: Settings, tmp_path: object) -> None:
    settings.STORAGE_ROOT = tmp_path
    for code in ("school-1", "school-2"):
        facts(cast.school(code))


def staff(*rows: str) -> list[str]:
    return messages(send("staff", COLUMNS, *rows))


def test_a_table_brings_people_with_their_posts_sealed() -> None:
    batch = brought("staff", COLUMNS, LI)
    person = StaffMember.objects.get()
    post = person.staff_posts.get()
    assert (person.name, post.subjects, post.class_teacher) == ("Li Na", ["chinese", "music"], True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM registry_staffmember")
        assert b"Li Na" not in bytes(cursor.fetchone()[0])
    assert outcome(batch) == (1, 0, 0)
    assert outcome(brought("staff", COLUMNS, LI)) == (0, 0, 1)
    imports.undo(batch, cast.li())
    assert not StaffMember.objects.exists()


def test_a_new_post_ends_the_one_before_and_the_person_belongs_there() -> None:
    brought("staff", COLUMNS, LI)
    moved = LI.replace("school-1", "school-2").replace("yes,,2020-09-01", "no,,2024-09-01")
    batch = brought("staff", COLUMNS, moved)
    posts = StaffPost.objects.order_by("valid_from").values_list("organisation__code", "valid_to")
    assert list(posts) == [("school-1", date(2024, 9, 1)), ("school-2", None)]
    assert StaffMember.objects.get().organisation.code == "school-2"
    brought("staff", COLUMNS, moved + "2026-09-01")
    assert not StaffPost.objects.filter(valid_to=None).exists()
    with pytest.raises(CannotUndo):
        imports.undo(batch, cast.li())


def test_undoing_a_move_opens_the_post_before() -> None:
    brought("staff", COLUMNS, LI)
    batch = brought("staff", COLUMNS, LI.replace("yes,,2020-09-01", "no,,2024-09-01"))
    imports.undo(batch, cast.li())
    assert list(StaffPost.objects.values_list("valid_from", "valid_to")) == [
        (date(2020, 9, 1), None)
    ]


def test_a_table_with_mistakes_is_refused_with_every_reason() -> None:
    number = sealed_number("T9", ONE)
    rows = (
        f"T1,Li Na,{number},2020-09-01,permanent,,{POST},,,,2020-09-01,",
        f"T2,Li Na,,2020-09-01,permanent,nowhere,{POST},whistling,,,2020-09-01,",
        f"T3,Li Na,,2020-09-01,permanent,,{POST},,,,2020-09-01,2020-01-01",
        f"T9,Wang Wu,,2020-09-01,permanent,,{POST},,,,2020-09-01,",
    )
    assert [each.split(":")[0] for each in staff(rows[1])] == ["2 subjects"]
    assert [each.split(":")[0] for each in staff(rows[0], rows[2], rows[3])] == [
        "2 resident_id",
        "3 valid_to",
        "4 number",
    ]
    assert [each.split(":")[0] for each in staff(rows[1].replace("whistling", "art"))] == [
        "2 recruited_for"
    ]


def sealed_number(number: str, resident_id: str) -> str:
    """Somebody with this number is in the register already."""
    key = sealing.blind_index(resident_id, "staff.resident_id")
    staff_post(staff_member(number, resident_id=resident_id, resident_id_key=key))
    return resident_id


def test_a_stranger_s_number_and_an_earlier_post_are_refused() -> None:
    elsewhere = cast.school("school-9", at=cast.NEXT_COUNTY)
    staff_post(staff_member("T5", organisation=elsewhere))
    brought("staff", COLUMNS, LI)
    assert staff(LI.replace("T1,", "T5,")) == [
        "2 number: The staff number T5 is in use in another area."
    ]
    earlier = LI.replace("school-1", "school-2").replace("2020-09-01,", "2019-09-01,")
    assert "2 valid_from" in staff(earlier)[0]


def test_titles_and_courses_come_once_and_go_back() -> None:
    staff_post()
    titles = "number,kind,given_by,title,valid_from,valid_to"
    row = "T1,backbone,county,Backbone of the county,2024-01-01,"
    batch = brought("honours", titles, row)
    assert outcome(brought("honours", titles, row)) == (0, 0, 1)
    courses = brought("training", "number,level,title,year,hours", "T1,city,New course,2025,72")
    assert (Honour.objects.count(), Training.objects.count()) == (1, 1)
    assert messages(send("honours", titles, "T9,award,city,Best,2024-01-01,2023-01-01")) == [
        "2 number: Nobody in your area has the staff number T9.",
        "2 valid_to: It would end before it begins.",
    ]
    imports.undo(batch, cast.li())
    imports.undo(courses, cast.li())
    assert not Honour.objects.exists()
    assert not Training.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"valid_from": date(2024, 1, 1)}, id="two permanent posts on one day"),
        pytest.param({"valid_to": date(2019, 1, 1), "valid_from": date(2019, 2, 1)}, id="dates"),
        pytest.param({"valid_to": date(2020, 1, 1), "subjects": ["whistling"]}, id="subject"),
        pytest.param(
            {"valid_from": date(2000, 1, 1), "valid_to": date(2001, 1, 1), "kind": "cook"},
            id="kind",
        ),
    ],
)
def test_the_database_refuses_a_post_that_cannot_be(wrong: dict[str, object]) -> None:
    person = staff_member()
    staff_post(person)
    other = cast.school("school-2")
    with pytest.raises(DatabaseError), transaction.atomic():
        staff_post(person, other, **{"valid_from": date(2018, 1, 1), **wrong})


def test_a_post_never_becomes_somebody_else_s() -> None:
    post = staff_post()
    with pytest.raises(DatabaseError), transaction.atomic():
        StaffPost.objects.filter(pk=post.pk).update(person=staff_member("T2"))


def test_who_left_long_ago_is_forgotten_and_counted_still() -> None:
    today = timezone.localdate()
    post = staff_post(valid_to=today - timedelta(days=1096))
    assert [subject for subject, _path, _why in staff_due(today)] == [str(post.person.pk)]
    retention.erase_due(today)
    person = StaffMember.objects.get()
    assert (str(person.name), person.born_on, person.resident_id_key) == ("", None, "")
    assert StaffPost.objects.count() == 1
    assert not list(staff_due(today))
    with pytest.raises(DatabaseError), transaction.atomic():
        retention.call("registry_forget_staff", staff_post(staff_member("T2")).person.pk, b"")
    assert STAFF in retention.titles()


RESOURCES = "school_code,level,building_m2,teaching_m2,books,equipment_yuan,valid_from"


def test_resources_come_in_versions_and_go_back() -> None:
    first = brought("resources", RESOURCES, "school-1,primary,5000,3000,9000,150,2025-09-01")
    again = "school-1,primary,5000,3000,9000,150,2026-09-01"
    assert outcome(brought("resources", RESOURCES, again)) == (0, 0, 1)
    second = brought("resources", RESOURCES, "school-1,primary,5000,3000,,150,2026-09-01")
    rows = Resources.objects.order_by("valid_from")
    assert [(r.books, r.equipment_fen, r.valid_to) for r in rows] == [
        (9000, 15_000, date(2026, 9, 1)),
        (None, 15_000, None),
    ]
    with pytest.raises(CannotUndo):
        imports.undo(first, cast.li())
    imports.undo(second, cast.li())
    assert Resources.objects.get().valid_to is None
    imports.undo(first, cast.li())
    assert not Resources.objects.exists()


def test_resources_that_cannot_be_are_refused_with_reasons_and_by_the_database() -> None:
    brought("resources", RESOURCES, "school-1,primary,5000,3000,9000,150,2025-09-01")
    found = messages(
        send(
            "resources",
            RESOURCES,
            "school-1,primary,5000,6000,9000,150,2025-09-01",
            "school-1,primary,5000,3000,9000,150,2025-09-01",
            "nowhere,primary,5000,3000,9000,150,2025-09-01",
        )
    )
    assert [each.split(":")[0] for each in found] == [
        "2 teaching_m2",
        "2 valid_from",
        "3 school_code",
        "4 school_code",
    ]
    assert messages(send("resources", RESOURCES, "school-1,primary,-1,,,,")) == [
        "2 building_m2: -1 cannot be; 0 to 100000000 can."
    ]
    known = Resources.objects.get()
    for wrong in ({"teaching_m2": 6000}, {"equipment_fen": -1}, {"valid_to": date(2020, 1, 1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Resources.objects.filter(pk=known.pk).update(**wrong)
    with pytest.raises(DatabaseError), transaction.atomic():
        Resources.objects.create(
            organisation=known.organisation, level="primary", valid_from=date(2026, 1, 1)
        )
