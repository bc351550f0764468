"""Guardians, household and tags by hand, with days and sources; and coming into another grade."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.commons import approvals
from junheng.commons.history import history_of
from junheng.commons.models import Approval
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import Guardian, Pupil, PupilTag, SchoolClass, Standing
from junheng.registry.services import asked, movements
from junheng.registry.services.asked import Wanted
from junheng.registry.services.movement_checks import Deed, LargeClass, WrongGrade
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = SchoolYear.of(TODAY)
BEFORE = TODAY - timedelta(days=20)


@pytest.fixture
def row() -> SchoolClass:
    builders.facts()
    return builders.a_class(size=0, school_year=YEAR.start)


@pytest.fixture
def pupil(row: SchoolClass) -> Pupil:
    made = builders.a_pupil(row, entered_on=YEAR.starts_on)
    Guardian.objects.create(pupil=made, name="王敏", phone="13800001234", valid_from=YEAR.starts_on)
    return made


def write(client: Client, pupil: Pupil, what: str, **given: Any) -> str:
    said = {"on": TODAY.isoformat(), "why": "Book 5"} | given
    page = client.post(f"/registry/pupils/{pupil.number}/family/{what}/", said, follow=True)
    return page.content.decode()


def test_a_guardian_changes_from_a_day_on_and_the_former_one_stays_readable(
    pupil: Pupil, client: Client
) -> None:
    client.force_login(cast.sun())
    former = Guardian.objects.get()
    said = {"name": "王建", "phone": "+86 13800001235", "instead_of": former.pk}
    page = write(client, pupil, "guardian", **said, on=BEFORE.isoformat())
    assert "王建" not in page
    former.refresh_from_db()
    now = Guardian.objects.get(valid_to=None)
    assert (former.valid_to, str(now.name), str(now.phone)) == (BEFORE, "王建", "13800001235")
    assert history_of(former)[0].why == "Book 5"
    assert "The day is yet to come" in write(
        client, pupil, "end-guardian", guardian=now.pk, on=(TODAY + timedelta(1)).isoformat()
    )
    again = write(client, pupil, "end-guardian", guardian=now.pk, on=BEFORE.isoformat())
    assert "can end the day after" in again
    write(client, pupil, "end-guardian", guardian=now.pk)
    assert not Guardian.objects.filter(valid_to=None).exists()


def test_a_household_finds_brothers_and_sisters_where_a_post_covers_them(
    pupil: Pupil, client: Client
) -> None:
    client.force_login(cast.li())
    brother = builders.a_pupil(entered_on=YEAR.starts_on)
    other = cast.school("school-2")
    builders.facts(other)
    sister = builders.a_pupil(
        builders.a_class(other, size=0, school_year=YEAR.start), entered_on=YEAR.starts_on
    )
    for each in (pupil, brother, sister):
        page = write(client, each, "household", number="H-77")
    assert pupil.number in page
    assert "H-77" not in page
    client.force_login(cast.sun())
    page = client.get(f"/registry/pupils/{pupil.number}/").content.decode()
    assert brother.number in page
    assert sister.number not in page
    write(client, pupil, "household", number="")
    assert brother.number not in client.get(f"/registry/pupils/{pupil.number}/").content.decode()


def test_a_tag_begins_and_ends_with_its_source(pupil: Pupil, client: Client) -> None:
    client.force_login(cast.sun())
    began = {"tag": "left_behind", "on": BEFORE.isoformat()}
    assert "Left-behind child" in write(client, pupil, "tag", **began)
    assert "already" in write(client, pupil, "tag", tag="left_behind")
    tag = PupilTag.objects.get()
    assert "can end the day after" in write(
        client, pupil, "end-tag", tag=tag.pk, on=BEFORE.isoformat()
    )
    write(client, pupil, "end-tag", tag=tag.pk)
    tag.refresh_from_db()
    assert (tag.valid_from, tag.valid_to, tag.source) == (BEFORE, TODAY, "Book 5")
    assert "already" in write(client, pupil, "tag", **began)
    assert "This field is required" in write(client, pupil, "tag", tag="boarder", why="")


def test_another_school_s_clerk_writes_nothing_of_a_family(pupil: Pupil, client: Client) -> None:
    client.force_login(cast.qian())
    page = f"/registry/pupils/{pupil.number}/family/"
    assert client.get(f"{page}tag/").status_code == 404
    assert client.post(f"{page}household/", {"number": "H", "why": "x"}).status_code == 404
    client.force_login(cast.sun())
    assert client.get(f"{page}nothing/").status_code == 404
    assert not PupilTag.objects.exists()


def test_a_pupil_repeats_or_skips_a_grade_when_two_agree(pupil: Pupil, client: Client) -> None:
    lower = builders.a_class(size=0, grade=2, school_year=YEAR.start)
    upper = builders.a_class(size=0, grade=4, school_year=YEAR.start)
    client.force_login(cast.sun())
    page = f"/registry/pupils/{pupil.number}/move/"
    said = {"on": (TODAY - timedelta(days=1)).isoformat(), "paper": "No. 7", "grade": 2}
    assert "Repeats the grade" in client.get(f"{page}held_back/").content.decode()
    wrong = client.post(f"{page}held_back/", said | {"school_class": upper.pk})
    assert wrong.status_code == 422
    assert client.post(f"{page}held_back/", said | {"school_class": lower.pk}).status_code == 302
    approvals.agree(Approval.objects.get(), cast.li())
    standing = Standing.objects.open().get(pupil=pupil)
    assert (standing.grade, standing.school_class, standing.movement) == (2, lower, "held_back")
    assert (standing.entered_by, standing.approved_by) == (cast.sun(), cast.li())
    on = {"on": TODAY.isoformat(), "grade": 3, "school_class": ""}
    assert client.post(f"{page}moved_up/", said | on).status_code == 302
    approvals.agree(Approval.objects.get(state="pending"), cast.li())
    assert Standing.objects.open().get(pupil=pupil).grade == 3


def test_nobody_comes_into_a_full_class_of_another_grade_nor_into_a_grade_further_off(
    pupil: Pupil,
) -> None:
    lower = builders.a_class(size=0, grade=2, school_year=YEAR.start)
    builders.pupils(55, lower, entered_on=YEAR.starts_on)
    for movement in ("held_back", "moved_up"):
        with pytest.raises(WrongGrade):
            asked.move(pupil, Wanted(movement, TODAY, "x", None, 6), by=cast.sun())
    with pytest.raises(LargeClass):
        asked.move(pupil, Wanted("held_back", TODAY, "x", lower, 2), by=cast.sun())
    movements.suspend(pupil, Deed(BEFORE, cast.sun(), "x", cast.li()))
    with pytest.raises(LargeClass):
        asked.move(pupil, Wanted("resumed", TODAY, "x", lower, 2), by=cast.sun())
    with pytest.raises(WrongGrade):
        asked.move(pupil, Wanted("resumed", TODAY, "x", None, 4), by=cast.sun())
    assert not Approval.objects.exists()


def test_whoever_was_suspended_comes_back_into_the_grade_below(
    pupil: Pupil, client: Client
) -> None:
    lower = builders.a_class(size=0, grade=2, school_year=YEAR.start)
    movements.suspend(pupil, Deed(BEFORE, cast.sun(), "x", cast.li()))
    client.force_login(cast.sun())
    said = {"on": TODAY.isoformat(), "paper": "x", "grade": 2, "school_class": lower.pk}
    client.post(f"/registry/pupils/{pupil.number}/move/resumed/", said)
    waits = client.get("/registry/transfers/").content.decode()
    assert "1 change of a record waits" in waits
    approvals.agree(Approval.objects.get(), cast.li())
    assert Standing.objects.open().get(pupil=pupil).school_class == lower
