"""Classes drawn in public: the list stands first, two people type the figures, nobody redraws."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.commons import runs
from junheng.commons.approvals import NotTheirs
from junheng.commons.models import RunFile
from junheng.places.models import Role
from junheng.registry.engine.class_assignment import NewClass, assign
from junheng.registry.files import class_assignments as files
from junheng.registry.models import (
    ClassAssignment,
    DrawnPupil,
    Pupil,
    SchoolClass,
    Standing,
)
from junheng.registry.services import class_assignments as services
from junheng.registry.services import class_draws as draws
from junheng.registry.services import forgetting_draws
from junheng.registry.services.class_draws import NotPossible, OtherFigures, OutOfTurn
from junheng.registry.snapshots.class_assignments import Group
from junheng.registry.tests import builders, draw_builders
from junheng.registry.tests.draw_builders import (
    EXAMPLE,
    FIGURES,
    after_the_event,
    drawn,
    frozen,
    tomorrow,
)
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def entrants() -> Group:
    return draw_builders.entrants()


def placed(row: ClassAssignment) -> dict[str, int | None]:
    """Class by number in the list, as the rows say."""
    return {f"{n:02}": number for n, number in row.drawn.values_list("listed", "number")}


def test_entrants_get_classes_that_are_alike_and_anybody_can_repeat_it(entrants: Group) -> None:
    row = drawn(frozen(entrants))
    text = f"{row.pk}|{row.snapshot.sha256}|{FIGURES}"
    assert row.seed == hashlib.sha256(text.encode()).hexdigest()
    assert row.run is not None
    assert dict(row.run.receipt or {})["seed"] == row.seed
    pupils, classes = files.read(runs.thaw(row.snapshot))
    again = assign(pupils, classes, seed=row.seed, year=2025)
    assert placed(row) == again.placed
    assert (row.result["gaps"]["size"], row.result["gaps"]["boys"]) == (1, 1)
    draws.publish(row.pk, by=cast.sun())
    assert sorted(SchoolClass.objects.values_list("size", flat=True)) == [10, 11]
    twins = Pupil.objects.filter(household_key="a" * 32)
    where = Standing.objects.open().filter(pupil__in=twins)
    assert where.values("school_class").distinct().count() == 2


def test_who_left_meanwhile_stays_where_it_is(entrants: Group) -> None:
    row = drawn(frozen(entrants))
    gone = Standing.objects.open()[0]
    Standing.objects.filter(pk=gone.pk).update(valid_to=date(2025, 10, 1))
    builders.standing(gone.pupil, valid_from=date(2025, 10, 1), state="left", movement="left")
    draws.publish(row.pk, by=cast.sun())
    assert sum(SchoolClass.objects.values_list("size", flat=True)) == 20


def test_the_list_says_no_more_than_a_draw_needs(entrants: Group) -> None:
    """Numbers dealt by chance, quarters of the grade: no record, no number and no birthday."""
    row = drawn(frozen(entrants))
    kept = b"".join([*runs.thaw(row.snapshot).values(), *map(runs.contents, files_of(row))])
    assert b"2017" not in kept
    for pupil in Pupil.objects.all():
        assert str(pupil.pk).encode() not in kept
        assert pupil.number.encode() not in kept
    listed = csv.DictReader(runs.thaw(row.snapshot)["pupils.csv"].decode().splitlines())
    assert sorted({one["age"] for one in listed}) == ["0", "1", "2", "3"]
    assert sorted(row.drawn.values_list("listed", flat=True)) == list(range(1, 22))
    assert not any(str(pk) in str(row.result) for pk in Pupil.objects.values_list("pk", flat=True))


def test_who_has_which_number_never_changes(entrants: Group) -> None:
    row = frozen(entrants)
    first, second = row.drawn.order_by("listed")[:2]
    extra = {"assignment": row, "pupil": builders.a_pupil(), "listed": 99}
    with pytest.raises(IntegrityError), transaction.atomic():
        DrawnPupil.objects.filter(pk=first.pk).update(pupil=second.pupil_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.drawn.all().delete()
    row = drawn(row)
    for change in (
        lambda: row.drawn.update(number=1),
        lambda: row.drawn.all().delete(),
        lambda: DrawnPupil.objects.create(**extra),
    ):
        with pytest.raises(IntegrityError, match="number in a frozen list"), transaction.atomic():
            change()


def test_in_time_nobody_can_tell_whose_numbers_they_were(entrants: Group) -> None:
    row = drawn(frozen(entrants))
    with after_the_event():
        draws.publish(row.pk, by=cast.sun())
    given_up = drawn_for_another_grade()
    until = timezone.now() + timedelta(days=2)
    assert forgetting_draws.clear(datetime(2025, 9, 20, tzinfo=UTC), 100) == 0
    assert forgetting_draws.clear(until, 15) == 15
    assert forgetting_draws.clear(until, 100) == 7
    row.refresh_from_db()
    assert row.drawn.count() == given_up.drawn.count() == 0
    assert row.result["classes"][0]["size"] in (10, 11)
    pupils, classes = files.read(runs.thaw(row.snapshot))
    assert len(assign(pupils, classes, seed=row.seed, year=2025).placed) == 21


def drawn_for_another_grade() -> ClassAssignment:
    """A list of one pupil that was given up."""
    builders.a_pupil(grade=4)
    row = frozen(Group(cast.school(), 2025, 4), wishes={})
    return services.withdraw(row.pk, by=cast.sun())


def files_of(row: ClassAssignment) -> list[RunFile]:
    assert row.run is not None
    return list(runs.files_of(row.run).values())


def test_before_the_event_nobody_types_and_one_person_does_not_type_twice(
    entrants: Group,
) -> None:
    row = frozen(entrants)
    with pytest.raises(OutOfTurn, match="yet to come"):
        draws.type_figures(row.pk, FIGURES, by=cast.sun())
    with after_the_event():
        with pytest.raises(OutOfTurn, match="like 03-11-28"):
            draws.type_figures(row.pk, "14 02 30", by=cast.sun())
        draws.type_figures(row.pk, FIGURES, by=cast.sun())
        with pytest.raises(NotTheirs):
            draws.type_figures(row.pk, FIGURES, by=cast.sun())
        with pytest.raises(OtherFigures):
            draws.type_figures(row.pk, "14-02-31", by=cast.wang())
        row.refresh_from_db()
        assert (row.first_figures, row.state) == ("", "frozen")


def test_a_draw_is_held_once_and_cannot_be_taken_back(entrants: Group) -> None:
    row = drawn(frozen(entrants))
    with pytest.raises(OutOfTurn):
        services.withdraw(row.pk, by=cast.sun())
    with after_the_event(), pytest.raises(OutOfTurn):
        draws.type_figures(row.pk, FIGURES, by=cast.li())
    with pytest.raises(OutOfTurn, match="frozen already"):
        frozen(entrants)
    rows = ClassAssignment.objects.filter(pk=row.pk)
    changes: tuple[dict[str, Any], ...] = (
        {"seed": "0" * 64},
        {"figures": "", "seed": "", "run": None, "second_by": None, "state": "frozen"},
        {"state": "withdrawn"},
        {"targets": []},
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


def test_before_its_event_a_list_can_be_given_up_and_frozen_anew(entrants: Group) -> None:
    row = services.withdraw(frozen(entrants).pk, by=cast.sun())
    assert row.state == "withdrawn"
    assert frozen(entrants).state == "frozen"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"event_at": None}, "yet to come", id="no moment"),
        pytest.param({"event_at": datetime(2020, 1, 1, tzinfo=UTC)}, "yet", id="past"),
        pytest.param({"event": " "}, "Name the public event", id="no event"),
        pytest.param({"example": "abc"}, "Name the public event", id="no figures"),
    ],
)
def test_without_an_event_to_come_there_is_no_draw(
    entrants: Group, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(OutOfTurn, match=words):
        frozen(entrants, **given)


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        pytest.param([NewClass(1, 10), NewClass(2, 10)], "21 pupils", id="too few seats"),
        pytest.param([NewClass(1, 56), NewClass(2, 9)], "1 to 55", id="a class of 56"),
        pytest.param([NewClass(1, 30)], "cannot be kept", id="twins apart in one class"),
    ],
)
def test_what_does_not_fit_is_refused_before_the_list_is_frozen(
    entrants: Group, classes: list[NewClass], words: str
) -> None:
    with pytest.raises(NotPossible, match=words):
        frozen(entrants, classes)


def test_a_draw_is_for_empty_classes_and_for_somebody(entrants: Group) -> None:
    builders.pupils(1, builders.a_class(size=0))
    with pytest.raises(NotPossible, match="have pupils already: 1"):
        frozen(entrants)
    with pytest.raises(NotPossible, match="nobody"):
        frozen(Group(cast.school(), 2025, 5))


def test_a_fifty_sixth_child_cannot_come_out_of_a_draw(entrants: Group) -> None:
    """The class was filled by another way after the list was frozen: the database refuses."""
    row = drawn(frozen(entrants, [NewClass(1, 55), NewClass(2, 55)]))
    builders.pupils(50, builders.a_class(size=0))
    with pytest.raises(NotPossible, match="cap of 55"):
        draws.publish(row.pk, by=cast.sun())
    row.refresh_from_db()
    assert (row.state, Standing.objects.open().filter(school_class=None).count()) == ("drawn", 21)


def test_a_split_class_waits_for_the_turn_of_the_year() -> None:
    builders.facts()
    now = builders.a_class(size=0)
    builders.pupils(12, now)
    group = Group(cast.school(), 2026, 4, (1,))
    row = drawn(frozen(group, [NewClass(1, 30), NewClass(5, 30)], wishes={}))
    draws.publish(row.pk, by=cast.sun())
    now.refresh_from_db()
    assert (now.size, set(row.drawn.values_list("number", flat=True))) == (12, {1, 5})
    with pytest.raises(OutOfTurn, match="split or merged already: 1"):
        frozen(group, wishes={})


def test_more_than_one_class_needs_a_draw_in_the_database_too(entrants: Group) -> None:
    row = frozen(entrants)
    bare = {"event": "", "example": "", "event_at": None, "frozen_by": cast.sun()}
    with pytest.raises(IntegrityError, match="public draw"), transaction.atomic():
        ClassAssignment.objects.create(
            organisation=row.organisation,
            school_year=2030,
            grade=3,
            targets=[[1, 30], [2, 30]],
            pupils=2,
            snapshot=row.snapshot,
            **bare,
        )


class TestPages:
    def test_a_school_freezes_types_and_publishes(
        self, entrants: Group, signed_in: SignedIn
    ) -> None:
        sun = signed_in(cast.sun())
        assert (
            entrants.organisation.name in sun.get("/registry/class-assignments/").content.decode()
        )
        address = "/registry/class-assignments/entrants/school-1/2025/3/"
        page = sun.get(address).content.decode()
        assert "a" * 32 not in page
        sent = {
            "first": 1,
            "classes": 2,
            "most": 45,
            "event": "Lottery",
            "example": EXAMPLE,
            "event_at": tomorrow().strftime("%Y-%m-%dT%H:%M"),
            "household-1": "together",
        }
        assert sun.post(address, {**sent, "most": 10}).status_code == 422
        assert sun.post(address, sent).status_code == 302
        row = ClassAssignment.objects.get()
        own = f"/registry/class-assignments/{row.pk}/"
        early = sun.post(f"{own}figures/", {"figures": FIGURES}, follow=True)
        assert "The event is yet to come" in early.content.decode()
        drawn(row)
        sun.post(f"{own}publish/")
        row.refresh_from_db()
        assert row.state == "published"
        page = sun.get(own).content.decode()
        assert row.seed in page
        assert page.count("PU-") >= 21
        assert "spreadsheet" in sun.post(own)["Content-Type"]

    def test_the_page_asks_as_often_as_written_down(
        self, entrants: Group, signed_in: SignedIn
    ) -> None:
        row = drawn(frozen(entrants))
        sun = signed_in(cast.sun())
        sun.get("/registry/class-assignments/")
        with same_queries("registry", "class assignment, school"):
            sun.get(f"/registry/class-assignments/{row.pk}/")

    def test_another_county_and_another_school_learn_nothing(
        self, entrants: Group, signed_in: SignedIn
    ) -> None:
        row = frozen(entrants)
        own = f"/registry/class-assignments/{row.pk}/"
        for who in (cast.qian(), cast.person("other", Role.SCHOOL_CLERK, cast.school("s-2"))):
            client = signed_in(who)
            assert client.get(own).status_code == 404
            assert (
                client.get("/registry/class-assignments/entrants/school-1/2025/3/").status_code
                == 404
            )
            for deed in ("figures", "publish", "withdraw"):
                assert client.post(f"{own}{deed}/", {"figures": FIGURES}).status_code == 404

    def test_classes_are_chosen_to_be_merged(self, signed_in: SignedIn) -> None:
        builders.facts()
        for number in (1, 2):
            builders.pupils(2, builders.a_class(size=0, number=number))
        sun = signed_in(cast.sun())
        chosen = sun.get(
            "/registry/class-assignments/regroup/", {"school": "school-1", "grade": "3"}
        )
        address = "/registry/class-assignments/classes/school-1/2026/4/"
        assert chosen["Location"] == address
        sent = {"first": 1, "classes": 1, "most": 55}
        assert sun.post(address, sent).status_code == 422
        assert sun.post(address, {**sent, "sources": ["1", "2"]}).status_code == 302
        row = ClassAssignment.objects.get()
        assert (row.state, set(row.drawn.values_list("number", flat=True))) == ("published", {1})
        sun.post(f"/registry/class-assignments/{row.pk}/withdraw/")
        row.refresh_from_db()
        assert row.state == "withdrawn"
        gone = sun.get("/registry/class-assignments/regroup/", {"school": "school-1", "grade": "8"})
        assert gone["Location"] == address.replace("2026/4", "2026/9")
