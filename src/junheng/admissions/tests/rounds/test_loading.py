"""Loading: all of it or nothing, again and back, and never under an official run."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg import sql

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import (
    Round,
    RoundApplicant,
    RoundChoice,
    RoundInput,
    RoundSchool,
    RoundUpload,
    RoundZone,
)
from junheng.admissions.services import loading
from junheng.admissions.tests.rounds import builders
from junheng.commons.history import history_of
from junheng.places.models import Level

pytestmark = pytest.mark.django_db
State = RoundUpload.State


def test_what_was_read_is_in_the_tables(li: User) -> None:
    the_round = builders.loaded(li)
    assert (the_round.ref, the_round.year, the_round.level) == ("2026-g1", 2026, "primary")
    assert (the_round.state, the_round.created_by) == (Round.State.PLANNED, li)
    schools = RoundSchool.objects.order_by("code")
    assert list(schools.values_list("code", "seats")) == [
        ("school-1", 2),
        ("school-2", 3),
        ("school-3", 1),
    ]
    twins = RoundApplicant.objects.filter(group="twins").order_by("code")
    assert [child.code for child in twins] == ["c6", "c7"]
    assert RoundApplicant.objects.get(code="c2").sibling_school == schools.get(code="school-1")
    choice = RoundChoice.objects.select_related("applicant", "school").get()
    assert (choice.applicant.code, choice.rank, choice.school.code) == ("c5", 1, "school-3")


def test_rows_hang_where_their_codes_say(li: User) -> None:
    """An organisation by its code, a zone by its place's, all else at township or county."""
    builders.loaded(li)
    township, other = "/99/9901/990100/990100001/", "/99/9901/990100/990100002/"
    assert dict(RoundSchool.objects.values_list("code", "path")) == {
        "school-1": f"{township}@school-1/",
        "school-2": f"{other}@school-2/",
        "school-3": "/99/9901/990100/",
    }
    assert dict(RoundZone.objects.values_list("code", "path")) == {
        "990100001001": f"{township}990100001001/",
        "Z2": other,
    }
    assert RoundApplicant.objects.get(code="c5").path == other


def test_a_school_unknown_by_code_hangs_at_its_township(li: User) -> None:
    schools = builders.SCHOOLS.replace("school-3,,Elsewhere", "school-3,,Beihe Township")
    builders.loaded(li, schools=schools)
    assert RoundSchool.objects.get(code="school-3").path == "/99/9901/990100/990100002/"


def test_a_child_without_zone_belongs_to_the_county(li: User) -> None:
    children = builders.CHILDREN.replace("c5,Z2", "c5,")
    builders.loaded(li, applicants=children)
    child = RoundApplicant.objects.get(code="c5")
    assert (child.zone, child.path) == (None, "/99/9901/990100/")


def test_the_same_files_again_change_nothing(li: User) -> None:
    first = builders.loaded(li)
    second = builders.loaded(li)
    assert (second.pk, second.input) == (first.pk, first.input)
    assert RoundInput.objects.count() == 1


def test_other_files_take_the_place_of_the_first_and_can_be_taken_back(li: User) -> None:
    first = builders.loaded(li)
    second = builders.loaded(li, choices="applicant_id,rank,school_id\n")
    assert second.pk == first.pk
    assert second.input != first.input
    loading.undo_loading(second)
    second.refresh_from_db()
    assert second.input == first.input


def test_what_was_not_loaded_twice_cannot_be_undone(li: User) -> None:
    the_round = builders.loaded(li)
    with pytest.raises(loading.NothingToUndo):
        loading.undo_loading(the_round)


def test_inputs_that_never_ran_are_forgotten_but_for_the_last_two(li: User) -> None:
    oldest = builders.loaded(li).input
    builders.ran(builders.loaded(li, cap=54))
    for cap in (53, 52, 51):
        the_round = builders.loaded(li, cap=cap)
    caps = {i.rules["class_cap"] for i in RoundInput.objects.filter(round=the_round)}
    assert caps == {54, 52, 51}
    assert oldest is not None
    assert not RoundApplicant.objects.filter(input=oldest.pk).exists()


def test_a_rehearsal_keeps_nothing_from_being_loaded(li: User) -> None:
    builders.ran(builders.loaded(li, seed=builders.OFFICIAL))
    assert builders.loaded(li, seed="another one").input is not None


def test_a_seed_in_the_files_is_never_the_rounds(li: User) -> None:
    assert builders.loaded(li, seed=builders.OFFICIAL).seed == ""


def test_the_database_refuses_a_seed_before_the_list_is_frozen(li: User) -> None:
    rows = Round.objects.filter(pk=builders.loaded(li).pk)
    with pytest.raises(DatabaseError, match="no seed before the list"), transaction.atomic():
        rows.update(seed="first")


def test_the_database_refuses_to_edit_what_was_loaded(li: User) -> None:
    builders.loaded(li)
    for table in (RoundSchool, RoundZone, RoundApplicant, RoundChoice, RoundInput):
        with (
            connection.cursor() as cursor,
            pytest.raises(DatabaseError, match="what was loaded never changes"),
            transaction.atomic(),
        ):
            cursor.execute(
                sql.SQL("UPDATE {} SET id = id").format(sql.Identifier(table._meta.db_table))
            )


def test_the_database_refuses_seats_above_the_class_cap(li: User) -> None:
    """56 seats in one class of a round with a cap of 55, by SQL, as nobody should."""
    builders.loaded(li)
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="school_seats_within_class_cap"),
    ):
        cursor.execute(
            "INSERT INTO admissions_roundschool (input_id, code, name, township, classes, "
            "class_size, class_cap, continuing, reserved, seats, path) "
            "SELECT id, 's', '', '', 1, 60, 55, 0, 0, 56, '/' FROM admissions_roundinput"
        )


def test_who_loaded_is_in_the_history(li: User) -> None:
    the_round = builders.loaded(li)
    builders.loaded(li, cap=50)
    assert len(history_of(the_round)) >= 2


# ------------------------------------------------------------------------------- uploads


def test_good_files_wait_until_somebody_confirms(li: User) -> None:
    upload = builders.uploaded(li)
    assert upload.state == State.READY
    summary = upload.summary or {}
    assert summary["counts"]["children"] == 7
    assert summary["demand"] == [4, 2, 1]
    assert not Round.objects.exists()
    the_round = loading.load_upload(upload.pk, li)
    upload.refresh_from_db()
    assert (upload.state, upload.round) == (State.LOADED, the_round)


def test_confirming_twice_loads_once(li: User) -> None:
    upload = builders.uploaded(li)
    assert loading.load_upload(upload.pk, li) == loading.load_upload(upload.pk, li)
    assert RoundInput.objects.count() == 1


def test_every_fault_is_kept_and_nothing_loaded(li: User) -> None:
    children = builders.CHILDREN.replace("c1,", "c2,").replace(",2,,", ",nine,,")
    upload = builders.uploaded(li, applicants=children, zones="zone_id,rank\n")
    assert upload.state == State.REFUSED
    assert upload.fault_count == len(loading.faults_of(upload)) > 3
    assert {fault["file"] for fault in upload.faults} == {"applicants.csv", "zones.csv"}
    with pytest.raises(loading.NotReady):
        loading.load_upload(upload.pk, li)
    assert not Round.objects.exists()


def test_what_was_put_aside_is_not_loaded(li: User) -> None:
    upload = builders.uploaded(li)
    loading.drop_upload(upload)
    with pytest.raises(loading.NotReady):
        loading.load_upload(upload.pk, li)


def test_the_same_round_in_two_counties_is_two_rounds(li: User) -> None:
    here = builders.loaded(li)
    cast.counties()
    next_county = cast.place(cast.NEXT_COUNTY, "", Level.COUNTY)
    there = builders.loaded(li, at=next_county)
    assert here.pk != there.pk
    assert there.path == "/99/9901/990200/"


@pytest.mark.parametrize("stage", ["reading", "checking", "loading"])
def test_broken_off_anywhere_loading_leaves_nothing_and_can_be_done_again(
    li: User, stage: str
) -> None:
    upload = builders.uploaded(li)

    def told(now: str, share: float) -> None:
        if now == stage and share in (0.0, 0.5, 0.6, 1.0):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.load_upload(upload.pk, li, told)
    assert not RoundInput.objects.exists()
    assert loading.load_upload(upload.pk, li).input is not None
